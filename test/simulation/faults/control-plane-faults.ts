/** The control plane is killed, also in the midst of a commit, and its disk is slow. */
import type { CrashMoment } from '../../fakes/simulated-disk.ts'
import type { Site } from '../site.ts'
import type { Fault } from './fault.ts'

const restart = async ({ world, disk }: Site): Promise<void> => {
  disk.disarm()
  if (world.isRunning) return
  // Starting is waited for while time stands still.
  disk.latencyMs = () => 0
  await world.startControlPlane()
}

const kill: Fault = {
  name: 'kill',
  begin: (site) => {
    const { world, disk, chance } = site
    if (!world.isRunning) return undefined
    const moment = chance.one<CrashMoment>(['before', 'after'])
    disk.crash(moment)
    world.killControlPlane()
    return { what: 'the control plane is killed', forMs: chance.span(100, 180_000), end: () => restart(site) }
  },
}

/** It dies at its next write, whatever that is of: the write is on the disk, or it is not; nobody hears of it. */
const killAtCommit: Fault = {
  name: 'killAtCommit',
  begin: (site) => {
    const { world, disk, chance, tell } = site
    if (!world.isRunning) return undefined
    const moment = chance.one<CrashMoment>(['before', 'after'])
    disk.crashAtNextWrite(moment, () => {
      tell(`the control plane is killed just ${moment} its commit was durable`)
      world.killControlPlane()
    })
    return {
      what: `the control plane will be killed ${moment} its next commit is durable`,
      forMs: chance.span(1000, 120_000),
      end: () => restart(site),
    }
  },
}

const slowDisk: Fault = {
  name: 'slowDisk',
  begin: ({ disk, chance }) => {
    const mostMs = chance.span(2, 5000)
    disk.latencyMs = () => chance.int(0, mostMs)
    return {
      what: `every write takes up to ${mostMs} ms`,
      forMs: chance.span(10_000, 300_000),
      end: () => void (disk.latencyMs = () => 0),
    }
  },
}

export const controlPlaneFaults: readonly Fault[] = [kill, killAtCommit, slowDisk]
