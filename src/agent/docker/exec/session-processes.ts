/**
 * Ending a program in a container. The engine has no call for it, so its processes are found on the host: the engine says which one it
 * started, and that one leads the session that all others are in. Where the agent does not share the engine's processes (the engine is on
 * another machine, or the agent in a process namespace of its own), the number means nothing, or something else: the control group says
 * whether it is a process of that container.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { Clock } from '../../../kit/clock.ts'

/** Between SIGHUP and SIGKILL: a shell writes its history. */
const GRACE_MS = 1000

/** `containerId` is the whole one. False if the process is not one of the container that can be seen from here. */
export const endSession = async (leader: number, containerId: string, clock: Clock): Promise<boolean> => {
  if (!belongsTo(leader, containerId)) return false
  signalAll(leader, containerId, 'SIGHUP')
  // What is stopped (Ctrl-Z) hears nothing before it continues.
  signalAll(leader, containerId, 'SIGCONT')
  await clock.sleep(GRACE_MS)
  signalAll(leader, containerId, 'SIGKILL')
  return true
}

const FULL_ID = /^[0-9a-f]{64}$/

const belongsTo = (processId: number, containerId: string): boolean =>
  processId > 1 && FULL_ID.test(containerId) && read(processId, 'cgroup').includes(containerId)

const signalAll = (leader: number, containerId: string, signal: NodeJS.Signals): void => {
  for (const processId of membersOf(leader)) {
    if (belongsTo(processId, containerId)) send(processId, signal)
  }
}

const send = (processId: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(processId, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const membersOf = (leader: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((processId) => sessionOf(processId) === leader)

/** The fourth number behind the name, which stands in parentheses and may hold anything: state, parent, group, session. */
const sessionOf = (processId: number): number => {
  const stat = read(processId, 'stat')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3])
}

/** Empty for a process that is gone, or not ours to see. */
const read = (processId: number, file: string): string => {
  try {
    return readFileSync(`/proc/${processId}/${file}`, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return ''
    throw error
  }
}
