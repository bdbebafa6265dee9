/**
 * What runs in the log routers of tests, by the Node of the host: it stands for Fluent Bit and for Fluentd. It reads the configuration where they
 * do, listens where the inputs say, and does what filters and outputs say. Its only output is Fluent Bit's `file`: lines of JSON, in a file
 * named by their tag. `config.json` beside them shows how the configuration was understood.
 *
 *     node container-log-router.ts <configuration file> <directory>
 */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'

interface Section {
  readonly kind: 'input' | 'filter' | 'output' | 'include'
  /** Of the plugin. */
  readonly name: string
  /** Which tags it is for; of an input, the tag that it gives. */
  readonly tag: string
  readonly options: Readonly<Record<string, string>>
  readonly record: Readonly<Record<string, string>>
}

const [, , file = '', directory = ''] = process.argv

/** `${NAME}` of Fluent Bit and `"#{ENV['NAME']}"` of Fluentd. */
const resolved = (value: string): string =>
  value
    .replace(/^"#\{ENV\['([^']+)'\]\}"$/, (_all, name: string) => process.env[name] ?? '')
    .replaceAll(/\$\{([^}]+)\}/g, (_all, name: string) => process.env[name] ?? '')

const pairOf = (line: string): [string, string] => {
  const [, name, value] = /^(\S+)\s+(.*)$/.exec(line.trim()) ?? []
  if (name === undefined || value === undefined) throw new Error(`not a name and a value: ${line}`)
  return [name, resolved(value)]
}

const KINDS: Readonly<Record<string, Section['kind']>> = {
  '[INPUT]': 'input',
  '[FILTER]': 'filter',
  '[OUTPUT]': 'output',
  source: 'input',
  filter: 'filter',
  match: 'output',
}

const included = (line: string): Section => ({
  kind: 'include',
  name: pairOf(line)[1],
  tag: '',
  options: {},
  record: {},
})

const readFluentBit = (text: string): Section[] =>
  text.split(/\n\n/).map((block) => {
    const [header = '', ...lines] = block.trimEnd().split('\n')
    if (header.startsWith('@INCLUDE')) return included(header)
    const kind = KINDS[header]
    if (kind === undefined) throw new Error(`not a section: ${header}`)
    if (!lines.every((line) => line.startsWith('    '))) throw new Error(`not indented: ${block}`)
    const pairs = lines.map(pairOf)
    const record = pairs.filter(([name]) => name === 'Record').map(([, value]) => pairOf(value))
    const {
      Name = '',
      Tag = '',
      Match = Tag,
      ...options
    } = Object.fromEntries(pairs.filter(([name]) => name !== 'Record'))
    return { kind, name: Name, tag: Match, options, record: Object.fromEntries(record) }
  })

const readFluentd = (text: string): Section[] =>
  text.split(/\n\n/).map((block) => {
    const lines = block.trimEnd().split('\n')
    if (lines[0]?.startsWith('@include')) return included(lines[0])
    const [, element = '', tag = ''] = /^<(\w+) ?(.*)>$/.exec(lines[0] ?? '') ?? []
    const kind = KINDS[element]
    if (kind === undefined || lines.at(-1) !== `</${element}>`) throw new Error(`not an element: ${block}`)
    const inner = lines.slice(1, -1).map((line) => line.trim())
    const nested = inner.findIndex((line) => line.startsWith('<'))
    const own = Object.fromEntries((nested < 0 ? inner : inner.slice(0, nested)).map(pairOf))
    const deeper = nested < 0 ? {} : Object.fromEntries(inner.slice(nested + 1, -1).map(pairOf))
    const { '@type': name = '', ...options } = own
    return { kind, name, tag, options, record: name === 'record_transformer' ? deeper : {} }
  })

const text = readFileSync(file, 'utf8')
const sections = text.startsWith('<') ? readFluentd(text) : readFluentBit(text)
writeFileSync(`${directory}/config.json`, JSON.stringify(sections))

/** Tags match by their beginning, as far as they are matched here: `*`, `app-firelens*`. */
const isFor = ({ tag }: Section, given: string): boolean => given.startsWith(tag.replace(/\*+$/, ''))

type LogRecord = Record<string, unknown>

const passes = ({ name, options }: Section, { log }: LogRecord): boolean => {
  if (name !== 'grep') return true
  const { Regex, Exclude } = options
  const [, pattern] = pairOf(Regex ?? Exclude ?? '')
  return new RegExp(pattern).test(String(log)) === (Regex !== undefined)
}

const route = (tag: string, given: LogRecord): void => {
  const record = { ...given }
  for (const section of sections.filter(({ kind }) => kind === 'filter').filter((filter) => isFor(filter, tag))) {
    if (!passes(section, record)) return
    Object.assign(record, section.record)
  }
  const output = sections.find((section) => section.kind === 'output' && isFor(section, tag))
  if (output?.name === 'file') appendFileSync(`${output.options['Path']}/${tag}`, `${JSON.stringify(record)}\n`)
}

/** https://github.com/msgpack/msgpack/blob/master/spec.md, what loggers make use of. Throws `RangeError` where a message goes on. */
class Reader {
  readonly #bytes: Buffer
  position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  value(): unknown {
    const type = this.#number(1)
    if (type < 0x80) return type
    if (type < 0x90) return this.#map(type & 0x0f)
    if (type < 0xa0) return this.#array(type & 0x0f)
    if (type < 0xc0) return this.#text(type & 0x1f)
    if (type >= 0xe0) return type - 0x100
    return this.#typed(type)
  }

  #typed(type: number): unknown {
    if (type === 0xc0) return null
    if (type === 0xc2 || type === 0xc3) return type === 0xc3
    if (type >= 0xc4 && type <= 0xc6) return this.#text(this.#number(1 << (type - 0xc4)))
    // EventTime: an extension of eight bytes.
    if (type === 0xd7) return [this.#number(1), this.#number(4), this.#number(4)][1]
    if (type >= 0xcc && type <= 0xce) return this.#number(1 << (type - 0xcc))
    if (type >= 0xd9 && type <= 0xdb) return this.#text(this.#number(1 << (type - 0xd9)))
    if (type === 0xdc || type === 0xdd) return this.#array(this.#number(type === 0xdc ? 2 : 4))
    if (type === 0xde || type === 0xdf) return this.#map(this.#number(type === 0xde ? 2 : 4))
    throw new Error(`not read here: type ${type}`)
  }

  #number(bytes: number): number {
    const value = this.#bytes.readUIntBE(this.position, bytes)
    this.position += bytes
    return value
  }

  #text(length: number): string {
    const end = this.position + length
    if (end > this.#bytes.length) throw new RangeError('the text goes on')
    const found = this.#bytes.toString('utf8', this.position, end)
    this.position = end
    return found
  }

  #array(length: number): unknown[] {
    return Array.from({ length }, () => this.value())
  }

  #map(length: number): LogRecord {
    return Object.fromEntries(Array.from({ length }, () => [this.value(), this.value()] as const))
  }
}

/** https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1, mode Message: `[tag, time, record]`, options after it. */
const receive = (socket: Socket): void => {
  let waiting = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    for (;;) {
      const reader = new Reader(waiting)
      try {
        const [tag, , record] = reader.value() as [string, number, LogRecord]
        waiting = waiting.subarray(reader.position)
        route(tag, record)
      } catch (error) {
        if (error instanceof RangeError) return
        throw error
      }
    }
  })
}

for (const { name, options } of sections.filter(({ kind }) => kind === 'input')) {
  const socketPath = options['unix_path'] ?? options['path']
  const server = createServer(name === 'tcp' ? (socket) => socket.on('error', () => {}).resume() : receive)
  if (socketPath === undefined)
    server.listen(Number(options['Port'] ?? options['port']), options['Listen'] ?? options['bind'])
  else {
    rmSync(socketPath, { force: true })
    server.listen(socketPath)
  }
}

process.on('SIGTERM', () => {
  writeFileSync(`${directory}/stopped`, '')
  process.exit(0)
})
