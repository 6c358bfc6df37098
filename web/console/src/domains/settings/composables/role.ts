// A role that stands alone (a badge, a choice) begins as a title does; within a sentence it is a word like any other.
export const titled = (word: string): string => word.charAt(0).toLocaleUpperCase() + word.slice(1)
