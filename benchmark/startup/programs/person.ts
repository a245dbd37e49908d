export interface Person {
  name: string;
}

export const nameOf = (person: Person): string => person.name;
