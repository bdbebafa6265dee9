/**
 * What a request is called in the audit trail. AWS: CloudTrail has a push as the calls of the API of ECR that it stands for.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html
 */
import type { Endpoint } from './endpoint.ts'

export interface TrailEvent {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** What only looks leaves a trace when it was refused. */
  readonly isNoted: boolean
}

/** None for what is nobody's business. */
export const trailOf = (endpoint: Endpoint, method: string, query: URLSearchParams): readonly TrailEvent[] => {
  switch (endpoint.kind) {
    case 'base':
      return []
    case 'catalog':
      return [looking('DescribeRepositories', {})]
    case 'tags':
      return [looking('ListImages', repositoryOf(endpoint))]
    case 'referrers':
      return [looking('ListImageReferrers', { ...repositoryOf(endpoint), subjectId: { imageDigest: endpoint.digest } })]
    case 'uploads':
      return beginningOf(endpoint, query)
    case 'upload':
      return uploadOf(endpoint, method, query)
    case 'blob':
      return [blobOf(endpoint, method)]
    case 'manifest':
      return [manifestOf(endpoint, method)]
  }
}

type In<Kind extends Endpoint['kind']> = Extract<Endpoint, { readonly kind: Kind }>

const looking = (name: string, parameters: TrailEvent['parameters']): TrailEvent => ({
  name,
  parameters,
  isNoted: false,
})

const noted = (name: string, parameters: TrailEvent['parameters']): TrailEvent => ({
  name,
  parameters,
  isNoted: true,
})

const repositoryOf = ({ repository }: { readonly repository: string }) => ({ repositoryName: repository })

/** One request can be all of an upload. */
const beginningOf = (endpoint: In<'tags' | 'uploads'>, query: URLSearchParams): readonly TrailEvent[] => {
  const parameters = repositoryOf(endpoint)
  const [mount, from, digest] = [query.get('mount'), query.get('from'), query.get('digest')]
  const begun = noted('InitiateLayerUpload', {
    ...parameters,
    ...(mount !== null && { mount }),
    ...(from !== null && { from }),
  })
  if (digest === null) return [begun]
  return [
    begun,
    noted('UploadLayerPart', parameters),
    noted('CompleteLayerUpload', { ...parameters, layerDigests: [digest] }),
  ]
}

const uploadOf = (endpoint: In<'upload'>, method: string, query: URLSearchParams): readonly TrailEvent[] => {
  const parameters = { ...repositoryOf(endpoint), uploadId: endpoint.uploadId }
  if (method === 'PATCH') return [noted('UploadLayerPart', parameters)]
  if (method === 'PUT')
    return [noted('CompleteLayerUpload', { ...parameters, layerDigests: query.getAll('digest').slice(0, 1) })]
  return [looking('UploadLayerPart', parameters)]
}

const blobOf = (endpoint: In<'blob' | 'referrers'>, method: string): TrailEvent => {
  const { digest } = endpoint
  const parameters = repositoryOf(endpoint)
  if (method === 'DELETE') return noted('BatchDeleteImage', { ...parameters, layerDigest: digest })
  return method === 'HEAD'
    ? looking('BatchCheckLayerAvailability', { ...parameters, layerDigests: [digest] })
    : noted('GetDownloadUrlForLayer', { ...parameters, layerDigest: digest })
}

const manifestOf = ({ repository, reference }: In<'manifest'>, method: string): TrailEvent => {
  const { tag, digest } = reference
  const image = tag === undefined ? { imageDigest: digest } : { imageTag: tag }
  if (method === 'PUT') return noted('PutImage', { repositoryName: repository, ...image })
  const parameters = { repositoryName: repository, imageIds: [image] }
  if (method === 'DELETE') return noted('BatchDeleteImage', parameters)
  return method === 'HEAD' ? looking('BatchGetImage', parameters) : noted('BatchGetImage', parameters)
}
