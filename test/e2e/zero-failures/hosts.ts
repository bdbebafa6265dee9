/**
 * Two hosts with a Docker Engine each, in networks of their own, and `longshore up` on this machine: control plane, balancer, and the agent of
 * the first host.
 */
import { readRootKey } from '../../../src/kit/installation.ts'
import { type ContainerHost, startContainerHost } from '../container-host.ts'
import { type Engine, startEngine } from '../engine.ts'
import { addHostLink, type HostLink } from '../host-link.ts'
import { type RunningLongshore, startLongshore } from '../longshore.ts'

export interface Hosts {
  readonly longshore: RunningLongshore
  readonly engines: readonly Engine[]
  stop(): Promise<void>
}

/** Of the hosts. */
export const ZONES = ['us-east-1a', 'us-east-1b'] as const

/** Of a client that goes on trying while the control plane is away. */
export const settingsOf = ({ endpoint, dataDir }: RunningLongshore) => ({
  endpoint,
  region: 'us-east-1',
  credentials: rootKey(dataDir),
  maxAttempts: 10,
})

const rootKey = (dataDir: string): { accessKeyId: string; secretAccessKey: string } => {
  const { accessKeyId = '', secretAccessKey = '' } = readRootKey(dataDir) ?? {}
  return { accessKeyId, secretAccessKey }
}

export const startHosts = async (): Promise<Hosts> => {
  const [first, second] = [addHostLink(0), addHostLink(1)]
  const engine = await startEngine()
  first.join(engine)
  const longshore = await startUp(engine, first)
  const host = await startSecond(longshore, second)
  return {
    longshore,
    engines: [engine, host.engine],
    stop: async () => {
      await host.stop()
      await longshore.stop()
      await engine.stop()
      for (const link of [first, second]) link.remove()
    },
  }
}

const startUp = (engine: Engine, link: HostLink): Promise<RunningLongshore> =>
  startLongshore({
    isDev: false,
    dockerSocket: engine.socket,
    args: [
      `--host=${link.address}`,
      '--plain-http',
      '--service-settling-seconds=1',
      // Of its own: other balancers may run on this machine.
      `--balancer-addresses=127.${200 + (process.pid % 50)}.${process.pid % 250}.0/24`,
    ],
    env: {
      LONGSHORE_PRIVATE_IP_ADDRESS: link.farAddress,
      LONGSHORE_INTROSPECTION_PORT: '0',
      ECS_INSTANCE_ATTRIBUTES: JSON.stringify({ 'ecs.availability-zone': ZONES[0] }),
    },
  })

/** It reaches the control plane at the other host's end of the cable, as this machine has both. */
const startSecond = ({ endpoint, dataDir }: RunningLongshore, link: HostLink): Promise<ContainerHost> => {
  const { accessKeyId, secretAccessKey } = rootKey(dataDir)
  return startContainerHost({
    endpoint,
    link,
    attributes: { 'ecs.availability-zone': ZONES[1] },
    env: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
      LONGSHORE_TASK_METADATA_PORT: '0',
      ECS_ENABLE_TASK_IAM_ROLE: 'false',
      ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'false',
    },
  })
}
