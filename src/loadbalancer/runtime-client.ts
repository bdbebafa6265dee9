/**
 * One connection to a HAProxy process through the master's socket: commands go out as they come, answers come back in the same order, told
 * apart by the prompt that HAProxy prints after each. What HAProxy refuses is a `RuntimeRefused`; a connection that ends rejects what was
 * under way, and whoever asked looks at what is true now: all commands may be repeated.
 *
 * Source: HAProxy Management Guide, 9.3 "Unix Socket commands" and 9.4 "Master CLI".
 */
import { connect, type Socket } from 'node:net'

/** HAProxy's own words against a command. */
export class RuntimeRefused extends Error {
  override readonly name = 'RuntimeRefused'
}

/** The process or its socket is gone. */
export class RuntimeGone extends Error {
  override readonly name = 'RuntimeGone'
}

/** What carries one line to a process and its answer back; a `RuntimeConnection`, or what stands for it in tests. */
export interface CommandLine {
  send(command: string): Promise<string>
  close(): void
}

interface Waiting {
  readonly resolve: (answer: string) => void
  readonly reject: (error: Error) => void
}

/** Besides its prompt an answer is followed by an empty line, or by nothing if it is an error message. */
const PROMPT = /(?:^|\n)(?:master|\d+)> /

export class RuntimeConnection implements CommandLine {
  readonly #socket: Socket
  readonly #waiting: Waiting[] = []
  #unwritten = ''
  #received = ''
  /** Where to look for the next prompt: nothing before has one. */
  #searchedTo = 0
  #closed: Error | undefined

  /** `processId` of a worker; without it, commands are the master's. */
  constructor(masterSocket: string, processId?: number) {
    this.#socket = connect(masterSocket)
    this.#socket.setEncoding('utf8')
    this.#socket.on('data', (text: string) => this.#onText(text))
    this.#socket.on('error', (error) => this.#end(new RuntimeGone(error.message)))
    this.#socket.on('close', () => this.#end(new RuntimeGone(this.#received.trim() || 'HAProxy closed the connection')))
    for (const line of ['prompt', ...(processId === undefined ? [] : [`@!${processId}`])]) this.#sendFirst(line)
  }

  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  /** The answer without its prompt, trimmed. */
  send(command: string): Promise<string> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    if (command.includes('\n')) return Promise.reject(new RuntimeRefused('a command is one line'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#writeSoon(`${command}\n`)
    })
  }

  /** Commands of one moment go out together: a change of many targets is many commands. */
  #writeSoon(text: string): void {
    this.#unwritten += text
    if (this.#unwritten !== text) return
    queueMicrotask(() => {
      this.#socket.write(this.#unwritten)
      this.#unwritten = ''
    })
  }

  close(): void {
    this.#socket.destroy()
    this.#end(new RuntimeGone('closed'))
  }

  /** Their answers are prompts alone; if they fail, so does everything after them. */
  #sendFirst(line: string): void {
    this.send(line).catch((error: Error) => this.#end(error))
  }

  #onText(text: string): void {
    this.#received += text
    for (;;) {
      const searched = this.#received.slice(this.#searchedTo)
      const prompt = PROMPT.exec(searched)
      if (prompt === null) break
      const answer = this.#received.slice(0, this.#searchedTo + prompt.index)
      this.#received = this.#received.slice(this.#searchedTo + prompt.index + prompt[0].length)
      this.#searchedTo = 0
      this.#waiting.shift()?.resolve(answer.trim())
    }
    // A prompt may be cut anywhere: "\n", some digits, "> ".
    this.#searchedTo = Math.max(0, this.#received.length - 16)
  }

  #end(error: Error): void {
    this.#closed ??= error
    this.#socket.destroy()
    for (const { reject } of this.#waiting.splice(0)) reject(this.#closed)
  }
}

/** To a worker, over a new connection when the one before ended: a reload closes all connections to the master. */
export class WorkerLine implements CommandLine {
  readonly #masterSocket: string
  readonly #processId: number
  #connection: RuntimeConnection | undefined

  constructor(masterSocket: string, processId: number) {
    this.#masterSocket = masterSocket
    this.#processId = processId
  }

  send(command: string): Promise<string> {
    if (this.#connection === undefined || this.#connection.isClosed)
      this.#connection = new RuntimeConnection(this.#masterSocket, this.#processId)
    return this.#connection.send(command)
  }

  close(): void {
    this.#connection?.close()
  }
}

/** The administrative states that the program gives to servers. */
export type AdministrativeState = 'ready' | 'drain' | 'maint'

/** What HAProxy says of a server and its last check, from `show stat`. */
export interface ServerStatistics {
  readonly backend: string
  readonly server: string
  /** `UP`, `DOWN`, `MAINT`, `UP 1/3`, `no check`, ... */
  readonly status: string
  /** `L7STS` and the like; `INI` before the first; empty without checks. */
  readonly checkStatus: string
  /** Of HTTP. */
  readonly checkCode?: number
  readonly address: string
  /** Requests, or connections that are not looked into, that were sent there and have not ended. */
  readonly sessions: number
}

/** Commands of a worker. `server` is `<backend>/<name>`. */
export class RuntimeClient {
  readonly #line: CommandLine

  constructor(line: CommandLine) {
    this.#line = line
  }

  close(): void {
    this.#line.close()
  }

  addServer(server: string, parameters: string): Promise<void> {
    return this.#expect(`add server ${server} ${parameters}`, /^New server registered\.$/m)
  }

  deleteServer(server: string): Promise<void> {
    return this.#expect(`del server ${server}`, /^Server deleted\.$/m)
  }

  setState(server: string, state: AdministrativeState): Promise<void> {
    return this.#expect(`set server ${server} state ${state}`, /^$/)
  }

  setHealth(server: string, health: 'up' | 'down'): Promise<void> {
    return this.#expect(`set server ${server} health ${health}`, /^$/)
  }

  enableHealth(server: string): Promise<void> {
    return this.#expect(`enable health ${server}`, /^$/)
  }

  /** Makes the cookies of servers that were added; nothing to a backend without dynamic cookies. */
  enableDynamicCookie(backend: string): Promise<void> {
    return this.#expect(`enable dynamic-cookie backend ${backend}`, /^$/)
  }

  /** Cuts what is under way with it. */
  shutdownSessions(server: string): Promise<void> {
    return this.#expect(`shutdown sessions server ${server}`, /^$/)
  }

  /** The file format of `load-server-state-from-file`. */
  serversState(): Promise<string> {
    return this.#line.send('show servers state')
  }

  /** Names of all backends. */
  async backends(): Promise<string[]> {
    return (await this.#line.send('show backend')).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  }

  /** Of one backend, or of all; empty for one that the worker does not have. */
  async statistics(backend?: string): Promise<ServerStatistics[]> {
    // Type 4: servers; -1: all of them.
    return parseStatistics(await this.#line.send(`show stat ${backend ?? '-1'} 4 -1`), backend)
  }

  async #expect(command: string, answer: RegExp): Promise<void> {
    const given = await this.#line.send(command)
    if (!answer.test(given)) throw new RuntimeRefused(`${command.split(' ', 3).join(' ')}: ${given}`)
  }
}

const parseStatistics = (answer: string, backend: string | undefined): ServerStatistics[] => {
  // Whatever else it says, it does not say that there are none.
  if (!answer.startsWith('# pxname,')) throw new RuntimeRefused(`show stat: ${answer}`)
  const [header = '', ...lines] = answer.split('\n')
  const names = header.replace(/^# /, '').split(',')
  const column = (name: string): number => names.indexOf(name)
  const columns = {
    backend: column('pxname'),
    server: column('svname'),
    status: column('status'),
    checkStatus: column('check_status'),
    checkCode: column('check_code'),
    address: column('addr'),
    sessions: column('scur'),
  }
  // HAProxy answers for all backends if it does not know the one that was asked for.
  return lines
    .map(csvFields)
    .filter((fields) => fields.length > 1 && (backend === undefined || fields[columns.backend] === backend))
    .map((fields) => {
      const code = fields[columns.checkCode]
      return {
        backend: fields[columns.backend] ?? '',
        server: fields[columns.server] ?? '',
        status: fields[columns.status] ?? '',
        // An asterisk: a check is under way.
        checkStatus: (fields[columns.checkStatus] ?? '').replace(/^\* /, ''),
        address: fields[columns.address] ?? '',
        sessions: Number(fields[columns.sessions]),
        ...(code !== undefined && code !== '' && { checkCode: Number(code) }),
      }
    })
}

/** Fields are quoted where they contain commas or quotes, as texts of failed checks may. */
const csvFields = (line: string): string[] =>
  line.includes('"')
    ? Array.from(
        line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g),
        (match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '',
      )
    : line.split(',')
