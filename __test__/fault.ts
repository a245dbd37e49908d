/** What a call throws, as `Class code: message`. */
export function fault(call: () => unknown): string {
  try {
    call();
  } catch (error: any) {
    return `${error.constructor.name} ${error.code}: ${error.message}`;
  }
  return 'nothing';
}
