// How hard a password is to guess, roughly: its length in characters that add something. The server has the last word.
export const minimum = 12
/** Shorter parts of an address or a name turn up in good passwords by chance. */
const part = 4

export interface Requirements {
  length: boolean
  notOwn: boolean
  varied: boolean
}

const length = (text: string) => [...text].length

/** The longest part of the address or the name that the password holds: guessers try those first. */
function own(password: string, email: string, name: string): string {
  const [lower, address, called] = [password, email.trim(), name.trim()].map((text) => text.toLowerCase()) as [string, string, string]
  const parts = [address, address.split('@')[0] ?? '', called, ...address.split(/[@.+\-_]/), ...called.split(/\s+/)]
  return parts.filter((each) => length(each) >= part && lower.includes(each)).reduce((longest, each) => (length(each) > length(longest) ? each : longest), '')
}

/** As the server judges: what is not one's own has to be long enough by itself. */
function isOwn(password: string, email: string, name: string): boolean {
  const known = own(password, email, name)
  return known !== '' && length(password) - length(known) < minimum - part
}

export function requirements(password: string, email: string, name = ''): Requirements {
  return {
    length: length(password) >= minimum,
    notOwn: password !== '' && !isOwn(password, email, name),
    varied: new Set(password.toLowerCase()).size >= 5,
  }
}

/** The first requirement that is not met. */
export const unmet = (met: Requirements) => (['length', 'varied', 'notOwn'] as const).find((one) => !met[one])

/** From 0 (nothing) to 4 (strong). Repetition and runs such as "abcd" or "1234" add little, one's own name or address nothing. */
export function strength(password: string, email = '', name = ''): 0 | 1 | 2 | 3 | 4 {
  if (password === '') return 0
  if (isOwn(password, email, name)) return 1
  const known = own(password, email, name)
  const at = password.toLowerCase().indexOf(known)
  const letters = [...password.slice(0, at), ...password.slice(at + known.length)]
  let worth = 0
  letters.forEach((letter, index) => {
    const step = index === 0 ? NaN : (letter.codePointAt(0) ?? 0) - (letters[index - 1]?.codePointAt(0) ?? 0)
    worth += Math.abs(step) <= 1 ? 0.25 : letters.indexOf(letter) === index ? 1 : 0.6
  })
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /\s/, /[^\p{L}\d\s]/u].filter((kind) => kind.test(password)).length
  const score = worth * (1 + (kinds - 1) * 0.12)
  return score < 8 ? 1 : score < 13 ? 2 : score < 18 ? 3 : 4
}
