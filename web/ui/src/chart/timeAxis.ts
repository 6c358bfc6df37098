// Where the labels of a time axis stand: at whole steps of the clock or the calendar, in the reader's own time zone, as
// many as fit beside each other. Even steps, so that the eye can count them.

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** `days` and `months` are counted on the calendar, because not all of them are equally long. */
type Step = { every: number; days?: number; months?: number }

const steps: Step[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => ({ every: count * second })),
  ...[1, 2, 5, 10, 15, 30].map((count) => ({ every: count * minute })),
  ...[1, 2, 3, 6, 12].map((count) => ({ every: count * hour })),
  ...[1, 2, 7, 14].map((count) => ({ every: count * day, days: count })),
  ...[1, 2, 3, 6, 12, 24, 60, 120].map((count) => ({ every: count * 30.4 * day, months: count })),
]

export interface TimeTicks { at: number[]; every: number }

/** Whole steps between the ends, no more than `most`. */
export function timeTicks(from: number, to: number, most: number): TimeTicks {
  const step = steps.find(({ every }) => (to - from) / every <= Math.max(1, most)) ?? steps.at(-1)!
  const at: number[] = []
  for (let index = 0; at.length <= most + 2; index += 1) {
    const ts = nth(from, step, index)
    if (ts > to) break
    if (ts >= from) at.push(ts)
  }
  return { at: at.slice(0, Math.max(1, most)), every: step.every }
}

/** The whole step before the beginning, and those after it. */
function nth(from: number, { every, days, months }: Step, index: number): number {
  const date = new Date(from)
  const [year, month, dayOfMonth] = [date.getFullYear(), date.getMonth(), date.getDate()]
  if (months) return new Date(year, month - ((year * 12 + month) % months) + index * months, 1).getTime()
  if (days) {
    // Weeks begin on Monday; two days at a time, on any.
    const since = days % 7 === 0 ? (date.getDay() + 6) % 7 : 0
    return new Date(year, month, dayOfMonth - since + index * days).getTime()
  }
  if (every >= hour) {
    const first = Math.floor(date.getHours() / (every / hour)) * (every / hour)
    // By the hand of the clock: an hour that summer time skips or repeats moves no label.
    return new Date(year, month, dayOfMonth, first + (index * every) / hour).getTime()
  }
  const offset = date.getTimezoneOffset() * minute
  return Math.floor((from - offset) / every) * every + offset + index * every
}

/** What a label says: the clock, or at midnight and from a day on the date. */
export function tickFormat(ts: number, every: number, span: number): Intl.DateTimeFormatOptions {
  if (every >= 300 * day) return { year: 'numeric' }
  if (every >= 28 * day) return { month: 'short', year: 'numeric' }
  const date = new Date(ts)
  if (every >= day || (span > 12 * hour && date.getHours() === 0 && date.getMinutes() === 0)) return { day: 'numeric', month: 'short' }
  return { hour: '2-digit', minute: '2-digit', ...(every < minute && { second: '2-digit' }) }
}
