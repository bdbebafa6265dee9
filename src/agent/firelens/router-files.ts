/**
 * Files of log routers in the agent's data directory: for each task the router's configuration, and the directory in which it makes the
 * socket that Docker writes logs to. `<data directory>/firelens/<task id>/config/fluent.conf` and `.../socket/`, as with ECS's agent.
 */
import { chmod, chown, mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { resourceId } from '../../model/arn.ts'
import type { EngineTask } from '../engine/task.ts'
import type { LogRouting } from '../engine/tools.ts'
import { fluentBitText } from './fluent-bit-text.ts'
import { fluentdText } from './fluentd-text.ts'
import { FirelensError, findLogRouter, routerUser } from './log-routing.ts'
import { type RouterConfig, routerConfig } from './router-config.ts'

export interface RouterPaths {
  readonly directory: string
  readonly configFile: string
  readonly socketDirectory: string
  readonly socket: string
}

const TASK_ID = /^[A-Za-z0-9-]+$/
/** Of the kernel, for the address of a socket. */
const SOCKET_PATH_BYTES = 107

/** `directory` is that of all routers. */
export const routerPaths = (directory: string, taskArn: string): RouterPaths => {
  const id = resourceId(taskArn)
  if (!TASK_ID.test(id)) throw new FirelensError(`the task id ${JSON.stringify(id)} is no name of a directory`)
  const own = path.join(directory, id)
  const socketDirectory = path.join(own, 'socket')
  return {
    directory: own,
    configFile: path.join(own, 'config', 'fluent.conf'),
    socketDirectory,
    socket: path.join(socketDirectory, 'fluent.sock'),
  }
}

export class RouterFiles implements LogRouting {
  /** Of all routers. */
  readonly #directory: string
  readonly #cluster: string

  constructor(directory: string, cluster: string) {
    this.#directory = directory
    this.#cluster = cluster
  }

  async prepare(task: EngineTask): Promise<void> {
    await explained('unable to initialize resource directory', () => this.#makeDirectories(task))
    await explained('unable to generate firelens config file', () => {
      const { configFile } = routerPaths(this.#directory, task.arn)
      return writeDurably(configFile, textOf(routerConfig(task, this.#cluster)))
    })
  }

  async remove(taskArn: string): Promise<void> {
    await rm(routerPaths(this.#directory, taskArn).directory, { recursive: true, force: true })
  }

  async #makeDirectories(task: EngineTask): Promise<void> {
    const { configFile, socketDirectory, socket } = routerPaths(this.#directory, task.arn)
    if (Buffer.byteLength(socket) > SOCKET_PATH_BYTES)
      throw new FirelensError(`the path of a socket has at most ${SOCKET_PATH_BYTES} bytes, and ${socket} has more`)
    await makeDirectory(path.dirname(configFile))
    await makeDirectory(socketDirectory)
    await giveToUser(socketDirectory, task)
  }
}

const textOf = (config: RouterConfig): string =>
  config.type === 'fluentd' ? fluentdText(config) : fluentBitText(config)

/** In the words of ECS's agent, which are those of the reason that the task stops for. */
const explained = async (what: string, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new FirelensError(`${what}: ${why}`, { cause: error })
  }
}

/** Whoever the router runs as looks into it, whatever the agent's umask is. */
const makeDirectory = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true })
  await chmod(directory, 0o755)
}

/** A router that is not root's can make its socket only in what is its own. */
const giveToUser = async (directory: string, { containers }: EngineTask): Promise<void> => {
  const [uid = 0, gid = 0] = routerUser(findLogRouter(containers)?.definition)
  if (uid !== 0 || gid !== 0) await chown(directory, uid, gid)
}

/** All of it is there under this name, or nothing. */
const writeDurably = async (file: string, text: string): Promise<void> => {
  const draft = `${file}.new`
  const handle = await open(draft, 'w')
  try {
    await handle.writeFile(text)
    await handle.chmod(0o644)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}
