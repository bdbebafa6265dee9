/** UploadServerCertificate: a certificate with its key, which listeners in every region may show. */
import type { UploadServerCertificateRequest, UploadServerCertificateResponse } from '@aws-sdk/client-iam'
import { loadX509, type X509Library } from '../../../kit/x509.ts'
import { serverCertificateArn } from '../../../model/arn.ts'
import { serverCertificateKeyPurpose } from '../../../model/certificate-records.ts'
import { newServerCertificateId } from '../../../model/iam-ids.ts'
import { iamKey } from '../../../model/iam-records.ts'
import { SERVER_CERTIFICATES_PER_ACCOUNT } from '../../../model/certificate-limits.ts'
import { readUpload, type ReadUpload, UploadProblem } from '../../certificate-upload.ts'
import { prepared } from '../../operations.ts'
import { onArn, requestTags } from '../access.ts'
import type { IamContext, IamDeps } from '../context.ts'
import { entityAlreadyExists, keyPairMismatch, malformedCertificate, quotaExceeded } from '../faults.ts'
import { CERTIFICATE_CHAIN, CERTIFICATE_TEXT, check, ENTITY_NAME, PATH } from '../rules.ts'
import { describeServerCertificate, findServerCertificates } from '../server-certificates.ts'
import { checkedTags, tagsIfAny } from '../tags.ts'

export const uploadServerCertificate = prepared<
  IamDeps,
  UploadServerCertificateRequest,
  UploadServerCertificateResponse,
  X509Library
>({
  access: onArn(
    ({ ServerCertificateName: name = '', Path }, { account }) => serverCertificateArn(account, name, Path),
    requestTags,
  ),
  prepare: loadX509,
  handle: (input, context) => {
    check(input, {
      ServerCertificateName: ENTITY_NAME,
      Path: PATH,
      CertificateBody: CERTIFICATE_TEXT,
      PrivateKey: CERTIFICATE_TEXT,
      CertificateChain: CERTIFICATE_CHAIN,
    })
    const { ServerCertificateName: name = '', Path: path = '/' } = input
    const { tx, account, ids, now, sealer } = context
    const tags = checkedTags(input.Tags, 'sensitive')
    const key = iamKey(account, name)
    checkRoom(context, key, name)
    const { issued, privateKey } = checkedUpload(context.prepared, input, now)
    const serverCertificateId = newServerCertificateId(ids)
    const row = tx.serverCertificates.insert({
      key,
      arn: serverCertificateArn(account, name, path),
      account,
      path,
      serverCertificateName: name,
      serverCertificateId,
      uploadedAt: now,
      issued,
      sealedPrivateKey: sealer.seal(Buffer.from(privateKey), serverCertificateKeyPurpose({ serverCertificateId })),
      tags,
    })
    return { ServerCertificateMetadata: describeServerCertificate(row), ...tagsIfAny(tags) }
  },
})

const checkRoom = (context: IamContext, key: string, name: string): void => {
  if (context.tx.serverCertificates.has(key))
    throw entityAlreadyExists(`The Server Certificate with name ${name} already exists.`)
  if (findServerCertificates(context).length >= SERVER_CERTIFICATES_PER_ACCOUNT)
    throw quotaExceeded('ServerCertificatesPerAccount', SERVER_CERTIFICATES_PER_ACCOUNT)
}

const checkedUpload = (x509: X509Library, input: UploadServerCertificateRequest, now: number): ReadUpload => {
  const { CertificateBody: certificate = '', CertificateChain: chain, PrivateKey: privateKey = '' } = input
  try {
    return readUpload(x509, { certificate, chain, privateKey }, now)
  } catch (error) {
    if (!(error instanceof UploadProblem)) throw error
    throw error.kind === 'mismatch' ? keyPairMismatch(error.message) : malformedCertificate(error.message)
  }
}
