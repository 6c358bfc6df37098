// How hard a password is to guess, roughly: its length in characters that add something. The server has the last word.
export const minimum = 12

export interface Requirements {
  length: boolean
  notEmail: boolean
  varied: boolean
}

export function requirements(password: string, email: string): Requirements {
  return {
    length: [...password].length >= minimum,
    notEmail: password !== '' && password.trim().toLowerCase() !== email.trim().toLowerCase(),
    varied: new Set(password).size >= 5,
  }
}

export const fulfilled = (met: Requirements) => met.length && met.notEmail && met.varied

/** From 0 (nothing) to 4 (strong). Repetition and runs such as "abcd" or "1234" add little. */
export function strength(password: string): 0 | 1 | 2 | 3 | 4 {
  const letters = [...password]
  if (letters.length === 0) return 0
  let worth = 0
  letters.forEach((letter, index) => {
    const step = index === 0 ? NaN : (letter.codePointAt(0) ?? 0) - (letters[index - 1]?.codePointAt(0) ?? 0)
    worth += Math.abs(step) <= 1 ? 0.25 : letters.indexOf(letter) === index ? 1 : 0.6
  })
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /\s/, /[^\p{L}\d\s]/u].filter((kind) => kind.test(password)).length
  const score = worth * (1 + (kinds - 1) * 0.12)
  return score < 8 ? 1 : score < 13 ? 2 : score < 18 ? 3 : 4
}
