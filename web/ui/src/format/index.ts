// Numbers, dates and durations in the reader's own language. Every function reads `locale`, so a template that uses
// one is drawn again when the language changes. No state but a cache of the browser's formatters, which are slow to make.
import { locale, words } from '../text'

const cache = new Map<string, unknown>()

function cached<T>(kind: string, options: object, make: (tag: string) => T): T {
  const key = `${kind}${locale.value}${JSON.stringify(options)}`
  let formatter = cache.get(key) as T | undefined
  if (!formatter) cache.set(key, (formatter = make(locale.value)))
  return formatter
}

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return cached('n', options, (tag) => new Intl.NumberFormat(tag, options)).format(value)
}

/** A measured value: as many digits as say something, never more than five significant ones. */
export function formatMeasure(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return formatNumber(value, { notation: 'scientific', maximumSignificantDigits: 4 })
  if (size >= 10_000) return formatNumber(value, { maximumFractionDigits: 0 })
  return formatNumber(value, { maximumSignificantDigits: 5, maximumFractionDigits: 3 })
}

/** Every digit that the number has, for whoever looks at data: nothing is rounded away, and what is long is written with an exponent. */
export function formatExact(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value)
  // The fewest digits that mean this number and no other, at most seventeen.
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const maximumSignificantDigits = digits.replace(/\D/g, '').length
  const long = Number(exponent) >= 16 || Number(exponent) < -6
  return formatNumber(value, long ? { notation: 'scientific', maximumSignificantDigits } : { maximumSignificantDigits })
}

export function formatCompact(value: number): string {
  return formatNumber(value, { notation: 'compact', maximumFractionDigits: 1 })
}

export function formatPercent(value: number): string {
  return formatNumber(value, { style: 'percent', maximumFractionDigits: 1 })
}

export function formatBytes(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const unit = units[step] ?? 'byte'
  return formatNumber(bytes / 1000 ** step, { style: 'unit', unit, unitDisplay: step === 0 ? 'long' : 'short', maximumFractionDigits: step === 0 ? 0 : 1 })
}

export type Moment = string | number | Date

export function formatDate(at: Moment, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium' }): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return '–'
  return cached('d', options, (tag) => new Intl.DateTimeFormat(tag, options)).format(date)
}

export function formatTime(at: Moment): string {
  return formatDate(at, { timeStyle: 'medium' })
}

const day = 86_400
/** The date's own place in the calendar, without the clock: days apart are a multiple of a day, whatever summer time does. */
const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 1000
const months = (date: Date) => date.getFullYear() * 12 + date.getMonth()

/** Whole months from the earlier to the later, as a birthday counts years. */
function monthsBetween(earlier: Date, later: Date): number {
  const whole = months(later) - months(earlier)
  const reached = new Date(earlier)
  reached.setMonth(earlier.getMonth() + whole)
  // The 31st of a shorter month is its last day.
  if (reached.getDate() !== earlier.getDate()) reached.setDate(0)
  return reached > later ? whole - 1 : whole
}

/**
 * "4 min ago": the largest unit that fits. Up to a day it is the length of time that counts, beyond it the calendar; so
 * "yesterday" is the day before today, and "last month" and "last year", which are said of any time in them, are not said.
 */
export function formatAgo(at: Moment, now = Date.now()): string {
  const date = new Date(at)
  const today = new Date(now)
  const seconds = Math.round((date.getTime() - now) / 1000)
  const size = Math.abs(seconds)
  if (Number.isNaN(size)) return '–'
  if (size < 5) return words.value.justNow
  const say = (value: number, unit: Intl.RelativeTimeFormatUnit, numeric: 'auto' | 'always' = 'always') =>
    cached('r', { numeric }, (tag) => new Intl.RelativeTimeFormat(tag, { numeric, style: 'short' })).format(value, unit)
  if (size < 60) return say(seconds, 'second')
  if (size < 3600) return say(Math.trunc(seconds / 60), 'minute')
  if (size < day) return say(Math.trunc(seconds / 3600), 'hour')
  const whole = Math.sign(seconds) * (seconds < 0 ? monthsBetween(date, today) : monthsBetween(today, date))
  if (Math.abs(whole) >= 12) return say(Math.trunc(whole / 12), 'year')
  if (whole !== 0) return say(whole, 'month')
  const days = Math.round((midnight(date) - midnight(today)) / day)
  return say(days, 'day', Math.abs(days) === 1 ? 'auto' : 'always')
}

const steps = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]] as const

/** "2 h 5 min": at most two units. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return unit(Math.round(seconds * 1000), 'millisecond')
  let rest = Math.round(seconds)
  const parts: string[] = []
  for (const [name, size] of steps) {
    if (rest < size && !(name === 'second' && parts.length === 0)) {
      if (parts.length > 0) break
      continue
    }
    parts.push(unit(Math.floor(rest / size), name))
    rest %= size
    if (parts.length === 2 || rest === 0) break
  }
  return parts.join(' ')
}

/** The symbols of the SI, which English readers know as well as "secs" and "hrs"; other languages' own forms are these already. */
const symbols: Record<string, string> = { millisecond: 'ms', second: 's', minute: 'min', hour: 'h' }

function unit(value: number, name: string): string {
  const symbol = locale.value.startsWith('en') ? symbols[name] : undefined
  if (symbol) return `${formatNumber(value)}\u00a0${symbol}`
  return formatNumber(value, { style: 'unit', unit: name, unitDisplay: 'short' })
}
