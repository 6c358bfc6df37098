// One way to speak to the API: JSON in, JSON out, a problem thrown. It asks for a token when it needs one and, when a
// token is refused, once more for a fresh one. It does not know where tokens are kept.
import { ApiProblem } from './problem'

export interface TokenSource {
  /** A token that should work; `stale` is one that was just refused. Nothing, when nobody is signed in. */
  token(stale?: string): Promise<string | undefined>
  /** The server no longer knows this session. */
  ended(): void
}

export interface RequestOptions {
  query?: Record<string, string | number | boolean | null | undefined>
  body?: unknown
  /** Sent as it is, with its own type (Sigma rules are YAML). */
  text?: { type: string; content: string }
  signal?: AbortSignal | undefined
  /** Setup, sign-in and joining carry no token. */
  anonymous?: boolean
}

export class Http {
  constructor(
    private readonly base: string,
    private readonly tokens: TokenSource,
  ) {}

  get = <T>(path: string, query?: RequestOptions['query'], signal?: AbortSignal) => this.request<T>('GET', path, { query, signal })
  post = <T>(path: string, body?: unknown) => this.request<T>('POST', path, { body })
  put = <T>(path: string, body?: unknown) => this.request<T>('PUT', path, { body })
  patch = <T>(path: string, body?: unknown) => this.request<T>('PATCH', path, { body })
  delete = <T = void>(path: string) => this.request<T>('DELETE', path)

  async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const token = options.anonymous ? undefined : await this.tokens.token()
    let response = await this.send(method, path, options, token)
    if (response.status === 401 && token) {
      const fresh = await this.tokens.token(token)
      if (fresh) response = await this.send(method, path, options, fresh)
      if (response.status === 401) this.tokens.ended()
    }
    if (!response.ok) throw await ApiProblem.from(response)
    if (response.status === 204) return undefined as T
    const text = await response.text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  private async send(method: string, path: string, options: RequestOptions, token: string | undefined): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (token) headers.authorization = `Bearer ${token}`
    if (options.text) headers['content-type'] = options.text.type
    else if (options.body !== undefined) headers['content-type'] = 'application/json'
    const body = options.text?.content ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
    try {
      return await fetch(this.base + path + queryString(options.query), { method, headers, body: body ?? null, signal: options.signal ?? null })
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new ApiProblem(0, { code: 'unreachable', title: 'Server unreachable' })
    }
  }
}

export function queryString(query: RequestOptions['query'] = {}): string {
  const pairs = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') pairs.set(key, String(value))
  }
  const text = pairs.toString()
  return text && `?${text}`
}
