/** Tasks and containers as the control plane sends them to an agent. */
import type { PayloadContainer, PayloadTask } from '../../src/agentlink/acs-messages.ts'

export const aPayloadContainer = (members: Partial<PayloadContainer> = {}): PayloadContainer => ({
  name: 'app',
  image: 'busybox',
  containerArn: 'arn:aws:ecs:us-east-1:000000000000:container/default/task/app',
  cpu: 10,
  memory: 16,
  essential: true,
  overrides: '{}',
  dockerConfig: {},
  ...members,
})

/** A container whose simulation is told what to do. */
export const aSimulatedContainer = (
  labels: Readonly<Record<string, string>>,
  members: Partial<PayloadContainer> = {},
): PayloadContainer => {
  const Labels = Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`longshore.simulated.${name}`, value]),
  )
  return aPayloadContainer({ dockerConfig: { config: JSON.stringify({ Labels }) }, ...members })
}

export const aPayloadTask = (members: Partial<PayloadTask> = {}): PayloadTask => ({
  arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/0123',
  family: 'web',
  version: '1',
  desiredStatus: 'RUNNING',
  containers: [aPayloadContainer()],
  ...members,
})

/** ARNs that differ by their last segment. */
export const aTaskArn = (id: string | number): string => `arn:aws:ecs:us-east-1:000000000000:task/default/${id}`
