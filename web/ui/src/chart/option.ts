// Turns series into an ECharts option. Colours come by token name through `color`, so both themes share one description.
import type { EChartsCoreOption } from 'echarts/core'
import { formatCompact, formatDate, formatMeasure } from '../format'
import { tickFormat, timeTicks } from './timeAxis'
import { hasBand, wholeSteps, withGaps, type ChartLimit, type ChartMark, type ChartSeries, type Drawn } from './series'

export interface ChartInput {
  series: ChartSeries[]
  limits: ChartLimit[]
  marks: ChartMark[]
  from: number
  to: number
  bucket: number
  color: (token: string) => string
  /** Where in the palette the first series begins, so that a field keeps its colour from chart to chart. */
  firstTone: number
  /** Of the plot, in pixels: as many labels as fit. */
  width: number
}

const axisSteps = 4

export const seriesToken = (index: number) => `series-${(index % 6) + 1}`

/** Pixels around the plot, for what stands beside and above it. */
export function gridOf(input: Pick<ChartInput, 'series' | 'marks' | 'from' | 'to'>) {
  return { left: 50, right: 14, top: commonUnit(input.series) ? 30 : shown(input).length > 0 ? 24 : 10, bottom: 24 }
}

/** A label has about this much room, in pixels, itself and the space after it. */
const labelRoom = (width: number) => (width < 520 ? 64 : 88)

function axisLabels({ from, to, width }: ChartInput) {
  const { at, every } = timeTicks(from, to, Math.floor(width / labelRoom(width)))
  // The last one must not reach beyond the picture.
  const end = to - ((to - from) * 6) / Math.max(1, width)
  return { customValues: at.filter((ts) => ts <= end), formatter: (ts: number) => formatDate(ts, tickFormat(ts, every, to - from)) }
}

export function chartOption(input: ChartInput): EChartsCoreOption {
  const { color } = input
  const text = { color: color('text-3'), fontFamily: 'Inter Variable, sans-serif', fontSize: 11 }
  const unit = commonUnit(input.series)
  return {
    animation: false,
    grid: gridOf(input),
    xAxis: {
      type: 'time',
      min: input.from,
      max: input.to,
      axisLine: { lineStyle: { color: color('line-2') } },
      axisTick: { show: false },
      axisLabel: { ...text, ...axisLabels(input) },
    },
    yAxis: {
      type: 'value',
      name: unit,
      nameGap: 14,
      nameTextStyle: { ...text, align: 'right', padding: [0, 8, 0, 0] },
      scale: true,
      splitNumber: axisSteps,
      min: (drawn: Extent) => reach(drawn, input.limits).min,
      max: (drawn: Extent) => reach(drawn, input.limits).max,
      axisLabel: { ...text, formatter: (value: number) => (Math.abs(value) >= 100_000 ? formatCompact(value) : formatMeasure(value)) },
      splitLine: { lineStyle: { color: color('line') } },
    },
    series: input.series.flatMap((series, index) => lines(series, index, input)),
  }
}

/** What the axis counts in, where all series agree. */
function commonUnit(series: ChartSeries[]): string {
  const units = new Set(series.map((one) => one.unit ?? ''))
  return units.size === 1 ? [...units].join('') : ''
}

interface Extent { min: number; max: number }

/** A limit beyond what was measured widens the axis, so that the distance to it is seen; nothing otherwise. */
function reach(drawn: Extent, limits: ChartInput['limits']): { min: number | null; max: number | null } {
  const values = limits.map((limit) => limit.value)
  const lowest = Math.min(drawn.min, ...values)
  const highest = Math.max(drawn.max, ...values)
  if (lowest === drawn.min && highest === drawn.max) return { min: null, max: null }
  const room = (highest - lowest) * 0.05
  return wholeSteps(lowest < drawn.min ? lowest - room : lowest, highest > drawn.max ? highest + room : highest, axisSteps)
}

function lines(series: ChartSeries, index: number, input: ChartInput): object[] {
  const tone = input.color(seriesToken(index + input.firstTone))
  const band = hasBand(series.points)
  const quiet = { type: 'line', symbol: 'none', showSymbol: true, silent: true, connectNulls: false, sampling: undefined, z: 1 }
  const main = {
    ...quiet,
    name: series.name,
    z: 3,
    data: visible(withGaps(series.points, (point) => point[2], input.bucket)),
    itemStyle: { color: tone },
    lineStyle: { width: 1.6, color: tone },
    markLine: index === 0 ? rulers(input) : undefined,
  }
  if (!band) return [main]
  const edge = { ...quiet, stack: `band-${index}`, stackStrategy: 'all', lineStyle: { opacity: 0 } }
  return [
    { ...edge, data: withGaps(series.points, (point) => point[1], input.bucket) },
    { ...edge, data: withGaps(series.points, (point) => point[3] - point[1], input.bucket), areaStyle: { color: tone, opacity: 0.16 } },
    main,
  ]
}

/** A value between two gaps has no neighbour to draw a line to: it is a dot. */
function visible(drawn: Drawn[]): (Drawn | object)[] {
  const lonely = (at: number) => (drawn[at - 1]?.[1] ?? null) === null && (drawn[at + 1]?.[1] ?? null) === null
  return drawn.map((entry, at) => (entry[1] !== null && lonely(at) ? { value: entry, symbol: 'circle', symbolSize: 5 } : entry))
}

const shown = (input: Pick<ChartInput, 'marks' | 'from' | 'to'>) => input.marks.filter((mark) => mark.ts >= input.from && mark.ts <= input.to)

/** Words of a mark stand above the plot, and lean inwards at its ends. */
function above(input: ChartInput, ts: number) {
  const part = (ts - input.from) / (input.to - input.from)
  return { position: 'end', rotate: 0, distance: 3, align: part < 0.2 ? 'left' : part > 0.8 ? 'right' : 'center' }
}

const short = (text: string) => (text.length > 36 ? `${text.slice(0, 35)}…` : text)

function rulers(input: ChartInput) {
  const line = (tone: string | undefined, type: string) => ({ color: input.color(tone ?? 'red'), width: 1, type })
  const label = (tone: string | undefined, text: string) => ({
    formatter: text,
    color: input.color(`${tone ?? 'red'}-text`),
    fontSize: 11,
    fontFamily: 'Inter Variable, sans-serif',
    backgroundColor: input.color('surface'),
    padding: [1, 3],
  })
  return {
    silent: true,
    symbol: 'none',
    animation: false,
    data: [
      // Its words stand above the plot with the other keys, where they cover no data.
      ...input.limits.map((limit) => ({ yAxis: limit.value, lineStyle: line(limit.tone, 'dashed'), label: { show: false } })),
      ...shown(input).map((mark) => ({
        xAxis: mark.ts,
        lineStyle: line(mark.tone, 'solid'),
        label: { ...label(mark.tone, short(mark.label)), ...above(input, mark.ts), show: input.marks.length <= 4 },
      })),
    ],
  }
}
