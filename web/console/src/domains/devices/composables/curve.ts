// The arithmetic of the little curves: from points in time to equal steps, with holes where nothing came.
import type { SeriesPoint } from '@smartsecurity/client'

export const steps = 60

/**
 * Where the curves of a device begin, all at the same time: at its first value, so that one which came a while ago draws a
 * curve and not a stub at the edge; but no later than a twelfth of the way before the end.
 */
export function beginning(curves: SeriesPoint[][], from: number, to: number): number {
  const first = Math.min(...curves.flatMap((points) => points[0]?.[0] ?? []))
  return Math.max(from, Math.min(first, to - (to - from) / 12))
}

/** Sixty equal steps; a step without a value is a hole. */
export function evenly(points: SeriesPoint[], from: number, to: number, count = steps): (number | null)[] {
  const sums = Array.from({ length: count }, () => ({ sum: 0, weight: 0 }))
  for (const [ts, , avg, , weight] of points) {
    const slot = sums[Math.min(count - 1, Math.floor(((ts - from) / (to - from)) * count))]
    if (!slot || ts < from) continue
    slot.sum += avg * weight
    slot.weight += weight
  }
  return sums.map(({ sum, weight }) => (weight > 0 ? sum / weight : null))
}

/** A slow device fills few steps: its curve joins the points it has, up to three of its own steps apart. */
export function joined(values: (number | null)[]): (number | null)[] {
  const known = values.flatMap((value, index) => (value === null ? [] : [index]))
  if (known.length < 2) return values
  const distances = known.slice(1).map((index, at) => index - (known[at] ?? 0)).sort((a, b) => a - b)
  const usual = distances[distances.length >> 1] ?? 1
  const result = [...values]
  for (let at = 1; at < known.length; at++) {
    const [a, b] = [known[at - 1] ?? 0, known[at] ?? 0]
    if (b - a > usual * 3) continue
    for (let index = a + 1; index < b; index++) result[index] = (values[a] ?? 0) + (((values[b] ?? 0) - (values[a] ?? 0)) * (index - a)) / (b - a)
  }
  return result
}
