export * from 'node:https';
export { default } from 'node:https';
