// A name that runs from right to left, or that turns the direction by a control character, would carry the words and figures
// around it along. In markup `<bdi>` keeps it to itself; this does the same in a text: a title, a message, a label.
const turns = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** Nothing is added to a name that runs as the text around it does, so that it is copied and found as it is written. */
export function isolate(name: string): string {
  if (!turns.test(name)) return name
  // An end of isolation within the name would end ours.
  return `\u2068${name.replace(/[\u2066-\u2069]/g, '')}\u2069`
}
