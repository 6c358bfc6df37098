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

/** "4 min ago": the largest unit that fits, as `Intl.RelativeTimeFormat` words it. */
export function formatAgo(at: Moment, now = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000)
  const size = Math.abs(seconds)
  if (Number.isNaN(size)) return '–'
  if (size < 5) return words.value.justNow
  const format = cached('r', {}, (tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'short' }))
  if (size < 60) return format.format(seconds, 'second')
  if (size < 3600) return format.format(Math.trunc(seconds / 60), 'minute')
  if (size < 86_400) return format.format(Math.trunc(seconds / 3600), 'hour')
  if (size < 30 * 86_400) return format.format(Math.trunc(seconds / 86_400), 'day')
  if (size < 365 * 86_400) return format.format(Math.trunc(seconds / (30 * 86_400)), 'month')
  return format.format(Math.trunc(seconds / (365 * 86_400)), 'year')
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
