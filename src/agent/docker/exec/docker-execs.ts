/** Programs in containers by the exec calls of the Docker Engine API, from the create call to the connection that their input and output go over. */
import type { Duplex } from 'node:stream'
import type { Clock } from '../../../kit/clock.ts'
import { type ExecRequest, type RunningExec, RuntimeError } from '../../runtime.ts'
import type { EngineApi } from '../engine-api.ts'
import type { ExecAnswer, InspectAnswer } from '../engine-types.ts'
import { DETACH_KEYS, isMarked } from './detach-keys.ts'
import { DockerExec } from './docker-exec.ts'
import { ExecTerminal } from './exec-terminal.ts'
import { endSession } from './session-processes.ts'

export interface DockerExecsOptions {
  readonly api: EngineApi
  readonly clock: Clock
  /** Of each call. */
  readonly timeoutMs: number
}

export class DockerExecs {
  readonly #options: DockerExecsOptions
  /** Those whose connections are open. */
  readonly #own = new Set<string>()

  constructor(options: DockerExecsOptions) {
    this.#options = options
  }

  async start(containerId: string, request: ExecRequest): Promise<RunningExec> {
    const { api, timeoutMs } = this.#options
    const path = `/containers/${encodeURIComponent(containerId)}/exec`
    const body = createBody(request, await this.#unset(containerId, request))
    const { Id: id } = await api.call<{ Id: string }>({ method: 'POST', path, body, timeoutMs })
    this.#own.add(id)
    const start = { Detach: false, Tty: request.terminal !== undefined }
    const terminal = new ExecTerminal({ ...this.#options, id })
    // On its way before the program runs: most ask for the size at once. A newer engine has it from the create call.
    if (request.terminal !== undefined) void terminal.resizeAtStart(request.terminal)
    const connection = await this.#connect(id, start)
    return new DockerExec({ ...this.#options, id, connection, terminal, hasTerminal: start.Tty })
  }

  async #connect(id: string, body: object): Promise<Duplex> {
    const { api, timeoutMs } = this.#options
    const forget = (): void => void this.#own.delete(id)
    try {
      const connection = await api.hijack({ method: 'POST', path: `/exec/${id}/start`, body, timeoutMs })
      return connection.once('close', forget)
    } catch (error) {
      forget()
      throw error
    }
  }

  /** Ends what an agent before this one began: sessions of this one may have begun, too, before somebody comes to look. */
  async endLeft(containerId: string): Promise<number> {
    const container = await this.#inspect(containerId)
    const ids = (container?.ExecIDs ?? []).filter((id) => !this.#own.has(id))
    const execs = await Promise.all(ids.map((id) => this.#exec(id)))
    const left = execs.filter((exec) => exec !== undefined).filter((exec) => exec.Running && isMarked(exec.DetachKeys))
    const ended = await Promise.all(left.map((exec) => this.#end(exec)))
    return ended.filter(Boolean).length
  }

  #end({ Pid, ContainerID }: ExecAnswer): Promise<boolean> {
    return endSession(Pid, ContainerID, this.#options.clock)
  }

  /** The default variables that the container has not set. */
  async #unset(containerId: string, { defaultEnvironment = {} }: ExecRequest): Promise<Record<string, string>> {
    if (Object.keys(defaultEnvironment).length === 0) return {}
    const set = (await this.#inspect(containerId))?.Config.Env ?? []
    const isUnset = ([name]: [string, string]): boolean => !set.some((entry) => entry.startsWith(`${name}=`))
    return Object.fromEntries(Object.entries(defaultEnvironment).filter(isUnset))
  }

  #inspect(containerId: string): Promise<InspectAnswer | undefined> {
    return this.#find(`/containers/${encodeURIComponent(containerId)}/json`)
  }

  #exec(id: string): Promise<ExecAnswer | undefined> {
    return this.#find(`/exec/${id}/json`)
  }

  async #find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.#options.api.call<T>({ method: 'GET', path, timeoutMs: this.#options.timeoutMs })
    } catch (error) {
      if (error instanceof RuntimeError && error.kind === 'not-found') return undefined
      throw error
    }
  }
}

const createBody = (request: ExecRequest, defaults: Readonly<Record<string, string>>) => ({
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  Tty: request.terminal !== undefined,
  ...(request.terminal && { ConsoleSize: [request.terminal.rows, request.terminal.columns] }),
  DetachKeys: DETACH_KEYS,
  Cmd: request.command,
  Env: Object.entries({ ...defaults, ...request.environment }).map(([name, value]) => `${name}=${value}`),
  ...(request.user !== undefined && { User: request.user }),
})
