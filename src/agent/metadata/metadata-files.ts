/**
 * The container metadata file: what a container can know of itself without any network. There is a directory for each container, which it
 * sees read-only; the file is there when the container starts, and says all a moment later. What cannot be written is left out and logged:
 * no task depends on it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-metadata.html
 */
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Log } from '../../kit/log.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { type FileFacts, fileView, initialFileView } from './file-view.ts'

export interface MetadataFilesOptions {
  /** All that is in it is this agent's. */
  readonly directory: string
  /** Whether new containers get one. Those that have one keep it. */
  readonly isEnabled: boolean
  /** Whether SELinux wants a label. */
  readonly isLabelled: boolean
  readonly log: Log
}

/** What a container is made with. */
export interface FileMount {
  readonly bind: string
  /** `NAME=value` */
  readonly variable: string
}

/** What the files tell, and about whom. The agent knows it. */
export interface FileSource {
  facts(): FileFacts
  tasks(): Iterable<EngineTask>
  /** Calls back after every change of a task; `after` is undefined when it is forgotten. */
  listen(listener: (after: EngineTask | undefined, before: EngineTask | undefined) => void): void
}

/** AWS: where containers find it. */
const MOUNTED_AT = '/opt/ecs/metadata'
const VARIABLE = 'ECS_CONTAINER_METADATA_FILE'
const FILE = 'ecs-container-metadata.json'

export class MetadataFiles {
  readonly #options: MetadataFilesOptions
  /** Ids of the containers that have one. */
  readonly #known = new Set<string>()
  #source: FileSource | undefined

  constructor(options: MetadataFilesOptions) {
    this.#options = options
  }

  /** Takes up what an agent before this one left, and follows the tasks from then on. */
  begin(source: FileSource): void {
    this.#source = source
    const tasks = [...source.tasks()]
    const containers = new Set(tasks.flatMap((task) => task.containers.map(({ endpointId }) => endpointId)))
    for (const id of this.#left()) {
      this.#known.add(id)
      if (!containers.has(id)) this.#remove(id)
    }
    for (const task of tasks) this.#follow(task, undefined)
    source.listen((after, before) => this.#follow(after, before))
  }

  /** Writes what is known before there is a container. Undefined if it gets no file. */
  prepare(task: EngineTask, container: EngineContainer): FileMount | undefined {
    const { isEnabled, isLabelled } = this.#options
    const { endpointId } = container
    if (!isEnabled || this.#source === undefined) return undefined
    if (!this.#write(task, endpointId, initialFileView(task, container, this.#source.facts()))) return undefined
    this.#known.add(endpointId)
    const inside = `${MOUNTED_AT}/${endpointId}`
    return {
      bind: `${this.#directoryOf(endpointId)}:${inside}:ro${isLabelled ? ',Z' : ''}`,
      variable: `${VARIABLE}=${inside}/${FILE}`,
    }
  }

  #follow(after: EngineTask | undefined, before: EngineTask | undefined): void {
    if (this.#known.size === 0) return
    if (after === undefined) return before?.containers.forEach(({ endpointId }) => this.#remove(endpointId))
    for (const [index, container] of after.containers.entries()) {
      if (hasNews(container, before?.containers[index])) this.#complete(after, container)
    }
  }

  #complete(task: EngineTask, container: EngineContainer): void {
    if (this.#source === undefined || !this.#known.has(container.endpointId)) return
    this.#write(task, container.endpointId, fileView(task, container, this.#source.facts()))
  }

  /** In one piece: who reads it finds what it was or what it is. False if it cannot be written. */
  #write({ arn }: EngineTask, endpointId: string, view: object): boolean {
    const directory = this.#directoryOf(endpointId)
    const [file, draft] = [path.join(directory, FILE), path.join(directory, `.${FILE}`)]
    try {
      mkdirSync(directory, { recursive: true })
      writeFileSync(draft, JSON.stringify(view))
      // Whoever the container runs as, and whatever this process leaves out of what it makes.
      chmodSync(directory, 0o755)
      chmodSync(draft, 0o644)
      renameSync(draft, file)
      return true
    } catch (error) {
      this.#options.log.warn('a container metadata file cannot be written', { taskArn: arn, error })
      return false
    }
  }

  #remove(endpointId: string): void {
    if (!this.#known.delete(endpointId)) return
    try {
      rmSync(this.#directoryOf(endpointId), { recursive: true, force: true })
    } catch (error) {
      this.#options.log.warn('a container metadata file cannot be removed', { error })
    }
  }

  /** Ids of the containers that had one when the agent started. */
  #left(): readonly string[] {
    try {
      return readdirSync(this.#options.directory)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#options.log.warn('container metadata files cannot be looked at', { error })
      return []
    }
  }

  #directoryOf(endpointId: string): string {
    return path.join(this.#options.directory, endpointId)
  }
}

/** It runs, and did not, or elsewhere. */
const hasNews = (after: EngineContainer, before: EngineContainer | undefined): boolean =>
  after.knownStatus === 'RUNNING' &&
  (before?.knownStatus !== 'RUNNING' ||
    before.dockerId !== after.dockerId ||
    (before.networks !== after.networks && JSON.stringify(before.networks) !== JSON.stringify(after.networks)))
