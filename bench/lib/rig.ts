/** A Longshore on an engine of its own, with an image that both sides of a comparison use. */
import { buildBusyboxImage } from '../../test/e2e/busybox-image.ts'
import { type Engine, startEngine } from '../../test/e2e/engine.ts'
import { connectedInstance, startLongshore, until } from '../../test/e2e/longshore.ts'
import { LightClient } from './light-client.ts'

/** Ends at once on SIGTERM. */
export const COMMAND = ['sh', '-c', 'trap "exit 0" TERM; sleep 3600 & wait']
export const MEMORY_MIB = 32
const CLEAN_UP_MS = 180_000

export interface Rig {
  readonly engine: Engine
  readonly image: string
  readonly client: LightClient
  stop(): Promise<void>
}

/** The agent removes stopped containers a second later, so that they do not fall into the next measurement. */
export const startRig = async (): Promise<Rig> => {
  const engine = await startEngine()
  const image = await buildBusyboxImage(engine.socket)
  const longshore = await startLongshore({
    dockerSocket: engine.socket,
    args: ['--log-level', 'warn'],
    env: { ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '1s' },
  })
  await connectedInstance(longshore.client)
  const client = new LightClient(longshore.endpoint)
  return {
    engine,
    image,
    client,
    stop: async () => {
      client.close()
      await longshore.stop()
      await engine.stop()
    },
  }
}

export interface TaskKind {
  readonly family: string
  readonly networkMode: 'bridge' | 'host'
  readonly cpu: number
}

/** Registers tasks of one container that does nothing for an hour. */
export const register = (
  { client, image }: { readonly client: LightClient; readonly image: string },
  { family, networkMode, cpu }: TaskKind,
): Promise<object> =>
  client.call('RegisterTaskDefinition', {
    family,
    networkMode,
    containerDefinitions: [{ name: 'main', image, cpu, memory: MEMORY_MIB, command: COMMAND, stopTimeout: 10 }],
  })

/** Resolves when no container is left on the engine. */
export const cleanedUp = (engine: Engine): Promise<unknown> =>
  until('containers to be gone', async () => (await engine.allContainers()).length === 0, CLEAN_UP_MS)
