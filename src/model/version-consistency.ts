/**
 * All tasks of a service revision run the same images, though tags are given to other ones meanwhile: the digest that an image had first is
 * that of all tasks which start later, unless its container says `versionConsistency` `disabled`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability
 */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { ServiceRevisionRecord } from './service-records.ts'

type Digests = NonNullable<ServiceRevisionRecord['imageDigests']>

/** The revision's digests with those that are new: what is known stays. The same object if nothing is new. */
export const withImageDigests = (
  known: Digests | undefined,
  containers: readonly ContainerDefinition[],
  digestOf: (container: ContainerDefinition) => string | undefined,
): Digests | undefined => {
  const found = containers.flatMap((container) => {
    const { name = '' } = container
    const digest = isHeld(container) && known?.[name] === undefined ? digestOf(container) : undefined
    return digest === undefined ? [] : [[name, digest] as const]
  })
  return found.length === 0 ? known : { ...known, ...Object.fromEntries(found) }
}

/** An image with a digest in its name cannot change. */
const isHeld = ({ image = '', versionConsistency }: ContainerDefinition): boolean =>
  versionConsistency !== 'disabled' && !image.includes('@')
