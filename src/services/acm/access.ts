/**
 * What callers of Certificate Manager must be allowed to do: the operation's action on the certificate that the input names.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html
 */
import { certificateArn } from '../../model/arn.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Tag } from '../../model/records.ts'
import type { Demand } from '../operations.ts'
import type { AcmContext } from './context.ts'
import { getCertificate } from './lookups.ts'

interface NamesCertificate {
  readonly CertificateArn?: string | undefined
}

export const onCertificate =
  <Input extends NamesCertificate>(extraOf: (input: Input) => ContextValues = () => ({})) =>
  (input: Input, context: AcmContext): readonly Demand[] => {
    const { CertificateArn: arn = '' } = input
    const tags = getCertificate(context, arn)?.tags ?? []
    return [{ resource: arn, context: { ...resourceTags(tags), ...extraOf(input) } }]
  }

/** One that is to be: what its ARN will be nobody knows. */
export const anyCertificate = ({ region, account }: AcmContext): string => certificateArn(region, account, '*')

/** The action has no resource. */
export const onAnything = (): readonly Demand[] => [{ resource: '*' }]

const resourceTags = (tags: readonly Tag[]): ContextValues =>
  Object.fromEntries(tags.map(({ key, value }) => [`aws:resourcetag/${key.toLowerCase()}`, [value]]))

/** With the names that it is for. */
export const onNamesOfCertificate = (input: NamesCertificate, context: AcmContext): readonly Demand[] => {
  const names = getCertificate(context, input.CertificateArn ?? '')?.subjectAlternativeNames ?? []
  return onCertificate(() => ({ 'acm:domainnames': names }))(input, context)
}
