import type { SeriesPoint } from '@smartsecurity/client'

/** A round figure a little above everything that is shown: where a rule about it may begin. */
export function suggestedLimit(points: SeriesPoint[]): number | undefined {
  if (points.length === 0) return undefined
  const highest = Math.max(...points.map(([, , , max]) => max))
  const lowest = Math.min(...points.map(([, min]) => min))
  const span = highest - lowest || Math.abs(highest) / 10 || 1
  const power = Math.floor(Math.log10(span / 2))
  const step = 10 ** power
  return Number((Math.ceil((highest + span / 10) / step) * step).toFixed(Math.max(0, Math.min(20, -power))))
}
