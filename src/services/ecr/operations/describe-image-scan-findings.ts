/** DescribeImageScanFindings: what the last scan of an image has found. */
import type {
  Attribute,
  DescribeImageScanFindingsRequest,
  DescribeImageScanFindingsResponse,
  ImageScanFinding,
} from '@aws-sdk/client-ecr'
import { inRepository, type ImageRecord, type RepositoryRecord } from '../../../model/image-records.ts'
import type { Finding, ImageScanRecord } from '../../../model/image-scan/finding.ts'
import { blobsOf } from '../../../store/images/repository-key.ts'
import { defined } from '../../../kit/assert.ts'
import { continued } from '../../operations.ts'
import { onRepository } from '../access.ts'
import type { EcrCall, EcrContext, EcrDeps, EcrOperation } from '../context.ts'
import { describeScanStatus, describeScanSummary } from '../describe.ts'
import { scanNotFound } from '../faults.ts'
import { requireImage } from '../image-ids.ts'
import { requireRepository } from '../lookups.ts'
import { page } from '../page.ts'

interface Scanned {
  readonly request: DescribeImageScanFindingsRequest
  readonly described: DescribeImageScanFindingsResponse
  readonly scan: ImageScanRecord
  readonly repository: RepositoryRecord
}

export const describeImageScanFindings: EcrOperation<
  DescribeImageScanFindingsRequest,
  DescribeImageScanFindingsResponse
> = continued<EcrDeps, DescribeImageScanFindingsRequest, DescribeImageScanFindingsResponse, Scanned>({
  access: onRepository,
  handle: (request, context) => {
    const { imageId = {} } = request
    const repository = requireRepository(context, request)
    const image = requireImage(context, repository, imageId)
    const scan = requireScan(context, repository, image)
    const { imageTag } = imageId
    const described = {
      registryId: repository.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest, ...(imageTag !== undefined && { imageTag }) },
      imageScanStatus: describeScanStatus(scan),
    }
    return { request, described, scan, repository }
  },
  finish: async ({ request, described, scan, repository }, call) => {
    const { status, findingsDigest } = scan
    if (status !== 'COMPLETE' || findingsDigest === undefined) return described
    const content = defined(await blobsOf(call, repository).read(findingsDigest), findingsDigest)
    const { findings, rest } = pageOf(call, request, scan, JSON.parse(content.toString()) as readonly Finding[])
    return { ...described, imageScanFindings: { ...describeScanSummary(scan), findings }, ...rest }
  },
})

const requireScan = ({ tx }: EcrContext, { name, account }: RepositoryRecord, image: ImageRecord): ImageScanRecord => {
  const { repositoryId, digest } = image
  const scan = tx.imageScans.get(inRepository(repositoryId, digest))
  if (scan !== undefined) return scan
  throw scanNotFound(
    `Image scan does not exist for the image with '{imageDigest:'${digest}'}' in the repository with name '${name}' in the registry with id '${account}'`,
  )
}

/** In their order, the worst first. */
const pageOf = (
  call: EcrCall,
  request: DescribeImageScanFindingsRequest,
  { repositoryId, digest, requestedAt }: ImageScanRecord,
  findings: readonly Finding[],
) => {
  const numbered = findings.map((finding, index) => ({ finding, key: String(index).padStart(9, '0') }))
  const scope = ['DescribeImageScanFindings', repositoryId, digest, requestedAt]
  const { items, rest } = page(call, request, scope, numbered, ({ key }) => key)
  return { findings: items.map(({ finding }) => describe(finding)), rest }
}

const describe = (finding: Finding): ImageScanFinding => {
  const { name, description, uri, severity } = finding
  return {
    name,
    ...(description !== undefined && { description }),
    ...(uri !== undefined && { uri }),
    severity,
    attributes: attributesOf(finding),
  }
}

/** AWS has these names for them, but for the version that is without fault, which is not told there. */
const attributesOf = ({ packageName, packageVersion, fixedVersion, cvss3 }: Finding): Attribute[] => [
  { key: 'package_version', value: packageVersion },
  { key: 'package_name', value: packageName },
  ...(fixedVersion === undefined ? [] : [{ key: 'fixed_in_version', value: fixedVersion }]),
  ...(cvss3
    ? [
        { key: 'CVSS3_VECTOR', value: cvss3.vector },
        { key: 'CVSS3_SCORE', value: cvss3.score.toFixed(1) },
      ]
    : []),
]
