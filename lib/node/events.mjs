// @ts-expect-error its types say `export =`, but Node has an export by each name
export * from 'node:events';
export { default } from 'node:events';
