import type { Child } from 'hono/jsx';

interface FieldProps {
  name: string;
  label: string;
  hint?: string;
  error?: string;
  children: Child;
}

/** A labelled field: `children` is its control, which names `${name}-note` in `aria-describedby`. */
export function Field({ name, label, hint, error, children }: FieldProps) {
  return (
    <div class={error ? 'field wrong' : 'field'}>
      <label for={name}>{label}</label>
      {children}
      <p class="note" id={`${name}-note`}>
        {error ?? hint ?? ''}
      </p>
    </div>
  );
}
