/**
 * The master process of HAProxy: which workers there are, and reloading. A reload makes the master read its configuration again and start a
 * worker that takes over the listening sockets; workers from before finish what they have.
 *
 * Source: HAProxy Management Guide, 9.4 "Master CLI".
 */
import { RuntimeConnection, RuntimeGone } from '../runtime-client.ts'

export interface MasterState {
  readonly processId: number
  /** Rises with every reload, also with one that fails. */
  readonly reloads: number
  /** Reloads that failed since the last one that did not. */
  readonly failedReloads: number
  /** Absent if there is none, as after a start whose configuration is refused. */
  readonly worker?: number
  /** Those that finish what they have, the youngest first. */
  readonly oldWorkers: readonly number[]
}

/** Undefined if nobody answers there. */
export const masterState = async (masterSocket: string): Promise<MasterState | undefined> => {
  const line = new RuntimeConnection(masterSocket)
  try {
    return parseProcesses(await line.send('show proc'))
  } catch (error) {
    if (error instanceof RuntimeGone) return undefined
    throw error
  } finally {
    line.close()
  }
}

/** Only asks for it: the connection ends with the master's old program, and `masterState` tells what came of it. */
export const askToReload = async (masterSocket: string): Promise<void> => {
  const line = new RuntimeConnection(masterSocket)
  try {
    await line.send('reload')
  } catch (error) {
    if (!(error instanceof RuntimeGone)) throw error
  } finally {
    line.close()
  }
}

export const parseProcesses = (answer: string): MasterState | undefined => {
  const master = /^(\d+)\s+master\s+(\d+)(?: \[failed: (\d+)\])?/m.exec(answer)
  if (master === null) return undefined
  const workers = Array.from(answer.matchAll(/^(\d+)\s+worker\s+(\d+)/gm), ([, processId, reloads]) => ({
    processId: Number(processId),
    reloads: Number(reloads),
  }))
  // Workers stand under "# workers" or "# old workers".
  const oldFrom = answer.indexOf('# old workers')
  const isOld = ({ processId }: { processId: number }): boolean =>
    oldFrom >= 0 && answer.search(new RegExp(`^${processId}\\s+worker`, 'm')) > oldFrom
  const worker = workers.find((each) => !isOld(each))
  return {
    processId: Number(master[1]),
    reloads: Number(master[2]),
    failedReloads: Number(master[3] ?? 0),
    ...(worker !== undefined && { worker: worker.processId }),
    oldWorkers: workers
      .filter(isOld)
      .toSorted((one, other) => one.reloads - other.reloads)
      .map(({ processId }) => processId),
  }
}
