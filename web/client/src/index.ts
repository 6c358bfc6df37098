// How a browser speaks to the server: typed requests, problems, and the live stream. It draws nothing and keeps nothing.
export { Http, queryString, type RequestOptions, type TokenSource } from './http'
export { ApiProblem } from './problem'
export { LiveStream, type Interest, type StreamOptions, type StreamState } from './stream'
export type * from './types'
