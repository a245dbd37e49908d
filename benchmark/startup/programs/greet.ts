import type { Person } from './person';
import { nameOf } from './person';

export function greet(person: Person): string {
  return `hello ${nameOf(person)}`;
}
