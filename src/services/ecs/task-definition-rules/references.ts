/** What containers say of each other and of volumes: `dependsOn`, `links`, `volumesFrom`, `mountPoints`. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { ecsEnums } from '../enums.ts'
import { type ContainerRule, networkModeOf, ensure, requireDistinct, requireOneOf, type TaskRule } from './rule.ts'

const LINK = /^([a-zA-Z0-9_-]{1,255})(?::[a-zA-Z0-9_.-]{1,255})?$/

const linkedTo = ({ links = [] }: ContainerDefinition): string[] => links.map((link) => link.split(':')[0] ?? '')
const dependedOn = ({ dependsOn = [] }: ContainerDefinition): string[] =>
  dependsOn.map(({ containerName = '' }) => containerName)
const mountedFrom = ({ volumesFrom = [] }: ContainerDefinition): string[] =>
  volumesFrom.map(({ sourceContainer = '' }) => sourceContainer)

export const dependenciesAreValid: ContainerRule = ({ name, dependsOn = [] }, { containerDefinitions = [] }) => {
  requireDistinct(
    'Container dependency',
    dependsOn.map(({ containerName }) => containerName),
  )
  for (const { containerName, condition } of dependsOn) {
    requireOneOf('dependsOn.condition', condition, ecsEnums.ContainerCondition)
    const dependency = containerDefinitions.find((other) => other.name === containerName)
    ensure(dependency !== undefined, `Container '${name}' depends on the unknown container '${containerName}'.`)
    const mayRunOn = condition === 'START' || condition === 'HEALTHY'
    ensure(
      mayRunOn || dependency.essential === false,
      'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
    )
    const checked = condition !== 'HEALTHY' || dependency.healthCheck !== undefined
    ensure(checked, 'A dependency container with HEALTHY condition must have a health check')
  }
}

export const linksAreValid: ContainerRule = ({ name, links = [] }, task) => {
  if (links.length === 0) return
  const mode = networkModeOf(task)
  ensure(mode === 'bridge', `Links are not supported when networkMode=${mode}.`)
  for (const link of links) {
    const target = LINK.exec(link)?.[1]
    ensure(target !== undefined, `Invalid link '${link}' for container '${name}'.`)
    requireContainer(target, task.containerDefinitions)
  }
}

export const volumesFromAreValid: ContainerRule = (container, { containerDefinitions }) => {
  for (const source of mountedFrom(container)) requireContainer(source, containerDefinitions)
}

const requireContainer = (name: string, containers: readonly ContainerDefinition[] = []): void =>
  ensure(
    containers.some((container) => container.name === name),
    `Unknown container '${name}'.`,
  )

export const mountPointsAreValid: ContainerRule = ({ name, mountPoints = [] }, { volumes = [] }) => {
  for (const { sourceVolume, containerPath } of mountPoints) {
    ensure(
      volumes.some((volume) => volume.name === sourceVolume),
      `Unknown volume '${sourceVolume ?? ''}'.`,
    )
    ensure(Boolean(containerPath), `Mount point containerPath for container '${name}' should not be null or empty.`)
  }
  requireDistinct(
    'Mount point containerPath',
    mountPoints.map(({ containerPath }) => containerPath),
  )
}

export const referencesHaveNoCycle: TaskRule = ({ containerDefinitions = [] }) => {
  ensure(!hasCycle(containerDefinitions, dependedOn), 'Container dependencies should not have a cycle')
  ensure(!hasCycle(containerDefinitions, linkedTo), 'Container links should not have a cycle')
  ensure(!hasCycle(containerDefinitions, mountedFrom), 'Container volumesFrom should not have a cycle')
}

/** Takes away containers that refer to none of those left, until none can be taken: what is left then goes in circles. */
const hasCycle = (
  containers: readonly ContainerDefinition[],
  targetsOf: (container: ContainerDefinition) => string[],
): boolean => {
  let left = new Map(containers.map((container) => [container.name ?? '', targetsOf(container)]))
  for (;;) {
    const rest = new Map([...left].filter(([, targets]) => targets.some((target) => left.has(target))))
    if (rest.size === left.size) return rest.size > 0
    left = rest
  }
}
