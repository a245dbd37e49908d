export * from 'node:buffer';
export { default } from 'node:buffer';
