/** A target that keeps what it gets, byte by byte, and reads it as strictly as can be: what is not exactly one request after another is an error. */
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface RawRequest {
  readonly line: string
  /** As they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Says what was asked for. */
const answerTo = (line: string): string => {
  const [method = '', target = ''] = line.split(' ')
  return `HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${method === 'HEAD' ? '' : target}`
}

export class RawTarget {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** What came over each connection since the last `forget`, but for health checks. */
  #connections: string[] = []

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  static async start(): Promise<RawTarget> {
    const target = new RawTarget()
    await new Promise<void>((resolve) => target.#server.listen(0, '127.0.0.1', resolve))
    return target
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** All requests that came. Throws if something else did. */
  get requests(): readonly RawRequest[] {
    return this.#connections.flatMap((text) => requestsIn(text).requests)
  }

  get bytes(): string {
    return this.#connections.join('')
  }

  /** Further requests need connections of their own. */
  forget(): void {
    this.#connections = []
    for (const socket of this.#sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    this.forget()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    let index: number | undefined
    let answered = 0
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1')
      if (text.includes('ELB-HealthChecker/')) {
        socket.end(answerTo(text))
        return
      }
      index ??= this.#connections.push('') - 1
      const all = (this.#connections[index] ?? '') + text
      this.#connections[index] = all
      const lines = linesIn(all).slice(answered)
      answered += lines.length
      for (const line of lines) socket.write(answerTo(line))
    })
  }
}

const linesIn = (text: string): readonly string[] => {
  try {
    return requestsIn(text).requests.map(({ line }) => line)
  } catch {
    // What cannot be read is not answered; who looks at the requests is told why.
    return []
  }
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const REQUEST_LINE = new RegExp(`^${TOKEN} [!-~]+ HTTP/1\\.1$`)
/** Control characters are not forbidden in values everywhere; NUL and CR are. */
const FIELD = new RegExp(`^(${TOKEN}):[ \\t]*([^\\0\\r]*?)[ \\t]*$`)

/** Complete requests, and what is left. Throws for what the RFCs do not allow senders. */
const requestsIn = (text: string): { readonly requests: readonly RawRequest[]; readonly rest: string } => {
  const requests: RawRequest[] = []
  let rest = text
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return { requests, rest }
    const [line = '', ...fields] = rest.slice(0, end).split('\r\n')
    if (!REQUEST_LINE.test(line)) throw new Error(`no request line: ${JSON.stringify(line)}`)
    const headers = fields.map(headerOf)
    const read = bodyOf(headers, rest.slice(end + 4))
    if (read === undefined) return { requests, rest }
    requests.push({ line, headers, body: read.body })
    ;({ rest } = read)
  }
}

const headerOf = (field: string): readonly [string, string] => {
  const [, name, value] = FIELD.exec(field) ?? []
  if (name === undefined || value === undefined) throw new Error(`no header: ${JSON.stringify(field)}`)
  return [name, value]
}

/** Undefined: it is not complete yet. */
const bodyOf = (
  headers: RawRequest['headers'],
  text: string,
): { readonly body: string; readonly rest: string } | undefined => {
  const valuesOf = (wanted: string): string[] =>
    headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value)
  const [lengths, codings] = [valuesOf('content-length'), valuesOf('transfer-encoding')]
  if (lengths.length + codings.length > 1) throw new Error(`several lengths: ${JSON.stringify(headers)}`)
  if (codings.length > 0) return codings[0]?.toLowerCase() === 'chunked' ? chunksOf(text) : unreadable(codings[0])
  const [length = '0'] = lengths
  if (!/^\d+$/.test(length)) return unreadable(length)
  return text.length < Number(length)
    ? undefined
    : { body: text.slice(0, Number(length)), rest: text.slice(Number(length)) }
}

const unreadable = (text: string | undefined): never => {
  throw new Error(`a body of unknown length: ${text}`)
}

const chunksOf = (text: string): { readonly body: string; readonly rest: string } | undefined => {
  let [body, rest] = ['', text]
  for (;;) {
    const end = rest.indexOf('\r\n')
    if (end < 0) return undefined
    const size = rest.slice(0, end)
    if (!/^[0-9A-Fa-f]+$/.test(size)) return unreadable(size)
    const length = Number.parseInt(size, 16)
    if (length === 0) return trailersOf(body, rest.slice(end + 2))
    if (rest.length < end + 4 + length) return undefined
    if (rest.slice(end + 2 + length, end + 4 + length) !== '\r\n') return unreadable(rest)
    body += rest.slice(end + 2, end + 2 + length)
    rest = rest.slice(end + 4 + length)
  }
}

const trailersOf = (body: string, text: string): { readonly body: string; readonly rest: string } | undefined => {
  if (text.startsWith('\r\n')) return { body, rest: text.slice(2) }
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  for (const field of text.slice(0, end).split('\r\n')) headerOf(field)
  return { body, rest: text.slice(end + 4) }
}
