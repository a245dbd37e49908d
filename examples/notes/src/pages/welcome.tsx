import { Layout } from './layout';

export function WelcomePage() {
  return (
    <Layout title="Welcome">
      <section class="hero">
        <h1>Keep it. Find it again.</h1>
        <p>Links, thoughts and things to read, with tags and a search that looks everywhere.</p>
        <p class="actions">
          <a class="button" href="/signup">
            Make an account
          </a>
          <a href="/login">I have one</a>
        </p>
      </section>
    </Layout>
  );
}
