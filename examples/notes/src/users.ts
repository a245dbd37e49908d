import type { Database } from 'bun:sqlite';
import { createHash, randomBytes } from 'node:crypto';

export interface User {
  id: number;
  name: string;
}

interface StoredUser extends User {
  password: string;
}

const sessionDays = 30;

/** Accounts and their sessions. The database holds password hashes and session hashes, never what a browser sends. */
export class UserStore {
  /** What the password of an unknown name is compared with, so that an answer takes as long as for a known one. */
  #nobody = Bun.password.hash(randomBytes(16).toString('hex'));

  constructor(private readonly database: Database) {}

  /** Gives `undefined` when the name is taken. */
  async add(name: string, password: string): Promise<User | undefined> {
    const hash = await Bun.password.hash(password);
    return (
      this.database
        .query<User, [string, string]>(
          'insert into users (name, password) values (?, ?) on conflict do nothing returning id, name',
        )
        .get(name, hash) ?? undefined
    );
  }

  /** Gives the user when name and password fit. */
  async check(name: string, password: string): Promise<User | undefined> {
    const found = this.database
      .query<StoredUser, { name: string }>('select id, name, password from users where name = $name')
      .get({ name });
    const fits = await Bun.password.verify(password, found?.password ?? (await this.#nobody));
    return found && fits ? { id: found.id, name: found.name } : undefined;
  }

  /** Starts a session and gives the token for the cookie. */
  startSession(user: User, now = Date.now()): string {
    const token = randomBytes(32).toString('base64url');
    this.database.run('delete from sessions where expires < ?', [now]);
    this.database.run('insert into sessions (id, user, expires) values (?, ?, ?)', [
      hashOf(token),
      user.id,
      now + sessionDays * 86_400_000,
    ]);
    return token;
  }

  bySession(token: string, now = Date.now()): User | undefined {
    return (
      this.database
        .query<User, [string, number]>(
          `select users.id, users.name from sessions join users on users.id = sessions.user
           where sessions.id = ? and sessions.expires >= ?`,
        )
        .get(hashOf(token), now) ?? undefined
    );
  }

  endSession(token: string): void {
    this.database.run('delete from sessions where id = ?', [hashOf(token)]);
  }

  get sessionSeconds(): number {
    return sessionDays * 86_400;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
