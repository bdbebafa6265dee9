/** UpdateServerCertificate: another name or path, and so another ARN; listeners that show the certificate go on doing so. */
import type { UpdateServerCertificateRequest } from '@aws-sdk/client-iam'
import { serverCertificateArn } from '../../../model/arn.ts'
import { iamKey } from '../../../model/iam-records.ts'
import { listenersUsing } from '../../../store/certificates/certificate-material.ts'
import type { Demand } from '../../operations.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { entityAlreadyExists } from '../faults.ts'
import { check, ENTITY_NAME, PATH } from '../rules.ts'
import { onServerCertificate, requireServerCertificate } from '../server-certificates.ts'

export const updateServerCertificate: IamOperation<UpdateServerCertificateRequest> = {
  access: (input, context) => [...onServerCertificate()(input, context), ...newNameDemand(input, context)],
  handle: (input, context) => {
    check(input, { ServerCertificateName: ENTITY_NAME, NewServerCertificateName: ENTITY_NAME, NewPath: PATH })
    const row = requireServerCertificate(context, input.ServerCertificateName)
    const { NewServerCertificateName: name = row.serverCertificateName, NewPath: path = row.path } = input
    const { tx, account } = context
    const key = iamKey(account, name)
    if (key !== row.key && tx.serverCertificates.has(key))
      throw entityAlreadyExists(`The Server Certificate with name ${name} already exists.`)
    const arn = serverCertificateArn(account, name, path)
    tx.serverCertificates.remove(row.key)
    tx.serverCertificates.insert({ ...row, key, arn, path, serverCertificateName: name })
    renameInListeners(context, row.arn, arn)
    return {}
  },
}

/** AWS: both the certificate as it is and as it will be named have to be allowed. */
const newNameDemand = (
  {
    ServerCertificateName: old = '',
    NewServerCertificateName: name = old,
    NewPath: path,
  }: UpdateServerCertificateRequest,
  context: IamContext,
): readonly Demand[] =>
  name === old && path === undefined ? [] : [{ resource: serverCertificateArn(context.account, name, path) }]

const renameInListeners = ({ tx }: IamContext, from: string, to: string): void => {
  for (const { listenerArn, certificateArns } of listenersUsing(tx, from))
    tx.listeners.update(listenerArn, { certificateArns: certificateArns.map((arn) => (arn === from ? to : arn)) })
}
