import type { User } from '../users';
import { Layout } from './layout';

export function ErrorPage({ status, message, user }: { status: number; message: string; user?: User }) {
  return (
    <Layout title={`Error ${status}`} user={user}>
      <section class="hero">
        <p class="status">{status}</p>
        <h1>{message}</h1>
        <p>
          <a class="button" href="/">
            Back to the start
          </a>
        </p>
      </section>
    </Layout>
  );
}
