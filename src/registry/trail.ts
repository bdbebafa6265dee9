/**
 * What a request is called in the audit trail. AWS: CloudTrail has a push as the calls of the API of ECR that it stands for.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html
 */
import type { Endpoint } from './endpoint.ts'

export interface TrailEvent {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
  /** What only reads leaves a trace when it was refused. */
  readonly isChange: boolean
}

/** None for what is nobody's business. */
export const trailOf = (endpoint: Endpoint, method: string, query: URLSearchParams): readonly TrailEvent[] => {
  switch (endpoint.kind) {
    case 'base':
      return []
    case 'catalog':
      return [reading('DescribeRepositories', {})]
    case 'tags':
      return [reading('ListImages', repositoryOf(endpoint))]
    case 'referrers':
      return [reading('ListImageReferrers', { ...repositoryOf(endpoint), subjectId: { imageDigest: endpoint.digest } })]
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

const reading = (name: string, parameters: TrailEvent['parameters']): TrailEvent => ({
  name,
  parameters,
  isChange: false,
})

const change = (name: string, parameters: TrailEvent['parameters']): TrailEvent => ({
  name,
  parameters,
  isChange: true,
})

const repositoryOf = ({ repository }: { readonly repository: string }) => ({ repositoryName: repository })

/** One request can be all of an upload. */
const beginningOf = (endpoint: In<'tags' | 'uploads'>, query: URLSearchParams): readonly TrailEvent[] => {
  const parameters = repositoryOf(endpoint)
  const [mount, from, digest] = [query.get('mount'), query.get('from'), query.get('digest')]
  const begun = change('InitiateLayerUpload', {
    ...parameters,
    ...(mount !== null && { mount }),
    ...(from !== null && { from }),
  })
  if (digest === null) return [begun]
  return [
    begun,
    change('UploadLayerPart', parameters),
    change('CompleteLayerUpload', { ...parameters, layerDigests: [digest] }),
  ]
}

const uploadOf = (endpoint: In<'upload'>, method: string, query: URLSearchParams): readonly TrailEvent[] => {
  const parameters = { ...repositoryOf(endpoint), uploadId: endpoint.uploadId }
  if (method === 'PATCH') return [change('UploadLayerPart', parameters)]
  if (method === 'PUT')
    return [change('CompleteLayerUpload', { ...parameters, layerDigests: query.getAll('digest').slice(0, 1) })]
  return [reading('UploadLayerPart', parameters)]
}

const blobOf = (endpoint: In<'blob' | 'referrers'>, method: string): TrailEvent => {
  const { digest } = endpoint
  const parameters = repositoryOf(endpoint)
  if (method === 'DELETE') return change('BatchDeleteImage', { ...parameters, layerDigest: digest })
  return method === 'HEAD'
    ? reading('BatchCheckLayerAvailability', { ...parameters, layerDigests: [digest] })
    : reading('GetDownloadUrlForLayer', { ...parameters, layerDigest: digest })
}

const manifestOf = ({ repository, reference }: In<'manifest'>, method: string): TrailEvent => {
  const { tag, digest } = reference
  const image = tag === undefined ? { imageDigest: digest } : { imageTag: tag }
  if (method === 'PUT') return change('PutImage', { repositoryName: repository, ...image })
  const parameters = { repositoryName: repository, imageIds: [image] }
  return method === 'DELETE' ? change('BatchDeleteImage', parameters) : reading('BatchGetImage', parameters)
}
