import type { Child } from 'hono/jsx';
import type { User } from '../users';

export function Layout({ title, user, children }: { title: string; user?: User; children?: Child }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title} · Notes</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/">
            <img src="/icon.svg" alt="" width="28" height="28" /> Notes
          </a>
          {user ? (
            <nav>
              <a href="/export.json">Export</a>
              <form method="post" action="/logout">
                <button class="plain">Log out {user.name}</button>
              </form>
            </nav>
          ) : (
            <nav>
              <a href="/login">Log in</a>
              <a href="/signup">Sign up</a>
            </nav>
          )}
        </header>
        <main>{children}</main>
      </body>
    </html>
  );
}
