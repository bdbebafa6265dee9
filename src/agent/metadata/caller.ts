/**
 * Whether a request comes from a container of a certain task. Its source address tells: on Docker's bridge every container has an address
 * of its own, and the engine is asked at every request whose it is now, since addresses are given to others when containers end.
 *
 * Containers in the host's network cannot be told from each other, nor from the host's own processes: they all have the host's addresses.
 * They get what belongs to tasks of that network mode, and what is for the host itself, under ids that nobody can guess.
 */
import { networkInterfaces } from 'node:os'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { ContainerRuntime } from '../runtime.ts'

export interface CallerTools {
  readonly runtime: Pick<ContainerRuntime, 'inspect'>
  readonly isHostAddress: (address: string) => boolean
}

export const isHostAddress = (address: string): boolean =>
  address.startsWith('127.') ||
  Object.values(networkInterfaces()).some((addresses) => addresses?.some((own) => own.address === address))

/** Rejects with `RuntimeError` if the engine cannot say. */
export const isOfTask = async (task: EngineTask, address: string, tools: CallerTools): Promise<boolean> => {
  const networkMode = task.definition.networkMode ?? 'bridge'
  if (tools.isHostAddress(address)) return networkMode === 'host'
  if (networkMode !== 'bridge') return false
  for (const container of task.containers) if (await hasAddress(container, address, tools)) return true
  return false
}

/** The task on the bridge that has the address, if it is of exactly one. Rejects with `RuntimeError` if the engine cannot say. */
export const taskAt = async (
  address: string,
  tasks: Iterable<EngineTask>,
  tools: CallerTools,
): Promise<EngineTask | undefined> => {
  if (tools.isHostAddress(address)) return undefined
  const candidates = [...tasks].filter(({ containers }) => containers.some((container) => mayHave(container, address)))
  const verdicts = await Promise.all(candidates.map((task) => isOfTask(task, address, tools)))
  const owners = candidates.filter((_task, index) => verdicts[index])
  return owners.length === 1 ? owners[0] : undefined
}

/** As far as its record says, which lags behind while a container starts. */
const mayHave = ({ networks, knownStatus, restartPending }: EngineContainer, address: string): boolean =>
  knownStatus === 'CREATED' || restartPending || networks.some(({ ipv4Address }) => ipv4Address === address)

const hasAddress = async (
  { dockerId, knownStatus }: EngineContainer,
  address: string,
  { runtime }: CallerTools,
): Promise<boolean> => {
  if (dockerId === undefined || knownStatus === 'STOPPED') return false
  const state = await runtime.inspect(dockerId)
  return state?.status === 'running' && state.networks.some(({ ipv4Address }) => ipv4Address === address)
}
