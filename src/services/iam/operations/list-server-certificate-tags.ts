/** ListServerCertificateTags: the tags of a server certificate, sorted by key. */
import type { ListServerCertificateTagsRequest, ListServerCertificateTagsResponse } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { check, ENTITY_NAME } from '../rules.ts'
import { onServerCertificate, requireServerCertificate } from '../server-certificates.ts'
import { pageOfTags } from '../tags.ts'

export const listServerCertificateTags: IamOperation<
  ListServerCertificateTagsRequest,
  ListServerCertificateTagsResponse
> = {
  access: onServerCertificate(),
  handle: (input, context) => {
    check(input, { ServerCertificateName: ENTITY_NAME })
    const { serverCertificateId, tags } = requireServerCertificate(context, input.ServerCertificateName)
    return pageOfTags(context, serverCertificateId, tags, input)
  },
}
