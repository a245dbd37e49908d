// What Node has and `@types/node` does not declare.
interface Buffer {
  latin1Write(text: string, offset?: number, length?: number): number;
  utf8Write(text: string, offset?: number, length?: number): number;
}

declare module 'node:stream' {
  function isDisturbed(stream: unknown): boolean;
}
