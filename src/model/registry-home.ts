/**
 * Which images are this installation's own, by how they are named: `localhost:4566/team/web:1` and any other address of the server, or
 * `<account>.dkr.ecr.<region>.<suffix>/team/web:1`, as on AWS. What is said to be in AWS's own registry is here if it is found here.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
import { parseReference } from './image-reference.ts'

export interface RegistryHome {
  readonly account: string
  /** Of the registry that hosts without a region mean. */
  readonly region: string
  /** Base URL that agents reach the server under. */
  readonly endpoint: string
  /** What hosts end with that are named as on AWS; none unless given. */
  readonly suffix?: string | undefined
}

export interface RegistryImage {
  readonly registryId: string
  readonly region: string
  readonly repositoryName: string
  readonly tag?: string
  readonly digest?: string
  /** It is here only if its repository is. */
  readonly isNamedAtAws: boolean
}

/** What clients sign for is a region, be it none of AWS's. */
const AWS_SHAPE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]{1,32})\.([^:]+)$/
const AWS_SUFFIXES = new Set(['amazonaws.com', 'amazonaws.com.cn'])

interface AwsShaped {
  readonly registryId: string
  readonly region: string
  readonly isAtAws: boolean
}

/** `<account>.dkr.ecr.<region>.<suffix>`, in small letters, where the suffix is AWS's own or the one that counts here. */
export const awsShaped = (hostname: string, suffix: string | undefined): AwsShaped | undefined => {
  const [, registryId, region, rest] = AWS_SHAPE.exec(hostname) ?? []
  if (registryId === undefined || region === undefined || rest === undefined) return undefined
  const isAtAws = AWS_SUFFIXES.has(rest)
  return isAtAws || rest === suffix ? { registryId, region, isAtAws } : undefined
}

const DEFAULT_TAG = 'latest'

/** Undefined for what is in another registry. */
export const registryImage = (image: string, home: RegistryHome): RegistryImage | undefined => {
  const { registry, repository, tag, digest } = parseReference(image)
  const place = placeOf(registry.toLowerCase(), home)
  if (place === undefined) return undefined
  return {
    ...place,
    repositoryName: repository.slice(registry.length + 1),
    ...(digest === undefined ? { tag: tag ?? DEFAULT_TAG } : { digest }),
  }
}

type Place = Pick<RegistryImage, 'registryId' | 'region' | 'isNamedAtAws'>

const placeOf = (host: string, home: RegistryHome): Place | undefined => {
  const { account, region, suffix } = home
  if (addressesOf(home).has(host)) return { registryId: account, region, isNamedAtAws: false }
  const shaped = awsShaped(host.replace(/:\d+$/, ''), suffix)
  if (shaped?.registryId !== account) return undefined
  return { registryId: account, region: shaped.region, isNamedAtAws: shaped.isAtAws }
}

/** Under which the registry is reached from somewhere, as image names have them. */
const addressesOf = ({ endpoint }: RegistryHome): ReadonlySet<string> => {
  const { host, protocol, port } = new URL(endpoint)
  const usual = protocol === 'https:' ? '443' : '80'
  const ports = port === '' ? ['', `:${usual}`] : [`:${port}`]
  return new Set([host, ...['localhost', '127.0.0.1'].flatMap((name) => ports.map((each) => name + each))])
}
