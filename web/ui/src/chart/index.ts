// The chart apart from the rest, because it brings ECharts: import it lazily (`defineAsyncComponent`).
export { default as TimeSeriesChart } from './TimeSeriesChart.vue'
export type { ChartLimit, ChartMark, ChartPoint, ChartSeries } from './series'
