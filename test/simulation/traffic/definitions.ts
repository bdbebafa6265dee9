/**
 * Task definitions of a run. Good ones can run for as long as they are wanted; the others fail in one of the ways that containers fail in.
 * What each container does is told by labels of the simulated runtime.
 */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Chance } from '../chance.ts'

export interface Kind {
  readonly name: string
  readonly isGood: boolean
  /** Host ports limit how many tasks there can be: one per host. */
  readonly hasHostPort?: boolean
  readonly isFargate?: boolean
  readonly container: (chance: Chance) => ContainerDefinition
}

export interface Definition {
  readonly arn: string
  readonly family: string
  readonly kind: Kind
}

/** Host ports of families, one each. */
const FIRST_HOST_PORT = 8000

const order = (labels: Readonly<Record<string, string | number>>): Pick<ContainerDefinition, 'dockerLabels'> => ({
  dockerLabels: Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`longshore.simulated.${name}`, String(value)]),
  ),
})

const healthCheck = (chance: Chance): Pick<ContainerDefinition, 'healthCheck'> => ({
  healthCheck: { command: ['CMD', 'true'], interval: chance.int(5, 30), retries: chance.int(1, 3) },
})

/** With a port for load balancers to lead to; any number of its tasks share a host. */
export const BALANCED_KIND: Kind = {
  name: 'dynamic-port',
  isGood: true,
  container: () => ({ portMappings: [{ containerPort: 80 }, { containerPort: 81 }] }),
}

export const KINDS: readonly Kind[] = [
  { name: 'plain', isGood: true, container: () => ({}) },
  { name: 'checked', isGood: true, container: healthCheck },
  {
    name: 'slow-start',
    isGood: true,
    container: (chance) => ({
      ...healthCheck(chance),
      ...order({ 'start-delay-milliseconds': chance.int(500, 20_000) }),
    }),
  },
  {
    name: 'slow-stop',
    isGood: true,
    container: (chance) => ({ stopTimeout: chance.int(2, 60), ...order({ 'ignore-stop': 'true' }) }),
  },
  {
    name: 'host-port',
    isGood: true,
    hasHostPort: true,
    container: () => ({ portMappings: [{ containerPort: 80, hostPort: FIRST_HOST_PORT }] }),
  },
  BALANCED_KIND,
  { name: 'fargate', isGood: true, isFargate: true, container: () => ({}) },
  {
    name: 'short',
    isGood: false,
    container: (chance) => order({ 'exit-after-seconds': chance.int(5, 600), 'exit-code': 0 }),
  },
  {
    name: 'crashing',
    isGood: false,
    container: (chance) => order({ 'exit-after-seconds': chance.int(5, 60), 'exit-code': 1 }),
  },
  { name: 'no-image', isGood: false, container: () => order({ 'fail-pull': 'manifest unknown' }) },
  { name: 'no-start', isGood: false, container: () => order({ 'fail-start': 'exec format error' }) },
  {
    name: 'unhealthy',
    isGood: false,
    container: (chance) => ({ ...healthCheck(chance), ...order({ health: 'unhealthy' }) }),
  },
  {
    name: 'flapping',
    isGood: false,
    container: (chance) => ({ ...healthCheck(chance), ...order({ health: 'flapping' }) }),
  },
]

const FARGATE = {
  requiresCompatibilities: ['FARGATE' as const],
  networkMode: 'awsvpc' as const,
  cpu: '256',
  memory: '512',
}

/** A request for a definition of that kind. Its family's number makes its host port its own. */
export const definitionRequest = (
  chance: Chance,
  { container, isFargate = false }: Kind,
  family: { readonly name: string; readonly number: number },
): RegisterTaskDefinitionRequest & { readonly family: string } => {
  const base = { image: 'busybox', memory: chance.one([32, 64, 128, 256]), cpu: chance.one([0, 64, 256]) }
  const app = { name: 'app', ...base, ...container(chance) }
  const portMappings = app.portMappings?.map((mapping) =>
    mapping.hostPort === undefined ? mapping : { ...mapping, hostPort: mapping.hostPort + family.number },
  )
  const sidecar = { name: 'sidecar', image: 'busybox', memory: 16, essential: chance.is(0.5) }
  return {
    family: family.name,
    ...(isFargate ? FARGATE : {}),
    containerDefinitions: [
      { ...app, ...(portMappings === undefined ? {} : { portMappings }) },
      ...(chance.is(0.2) ? [sidecar] : []),
    ],
  }
}
