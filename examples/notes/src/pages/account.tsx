import { Field } from './field';
import { Layout } from './layout';

interface Props {
  kind: 'login' | 'signup';
  form?: URLSearchParams;
  errors?: Record<string, string>;
}

const words = {
  login: {
    title: 'Log in',
    other: 'No account yet?',
    link: '/signup',
    linkText: 'Sign up',
    complete: 'current-password',
  },
  signup: { title: 'Sign up', other: 'Have an account?', link: '/login', linkText: 'Log in', complete: 'new-password' },
};

export function AccountPage({ kind, form, errors = {} }: Props) {
  const { title, other, link, linkText, complete } = words[kind];
  return (
    <Layout title={title}>
      <form class="card narrow" method="post" action={`/${kind}`}>
        <h1>{title}</h1>
        <Field name="name" label="Name" error={errors.name}>
          <input
            id="name"
            name="name"
            required
            autocomplete="username"
            maxlength={30}
            value={form?.get('name') ?? ''}
            aria-describedby="name-note"
            autofocus={!form}
          />
        </Field>
        <Field
          name="password"
          label="Password"
          error={errors.password}
          hint={kind === 'signup' ? 'At least 8 characters.' : undefined}
        >
          <input
            id="password"
            name="password"
            type="password"
            required
            autocomplete={complete}
            aria-describedby="password-note"
            autofocus={Boolean(form)}
          />
        </Field>
        <button class="button">{title}</button>
        <p class="note">
          {other} <a href={link}>{linkText}</a>
        </p>
      </form>
    </Layout>
  );
}
