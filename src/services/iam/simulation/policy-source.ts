/** What callers must be allowed to do to look through someone's policies: the operation on that user, group or role. */
import { parseArn, resourceId } from '../../../model/arn.ts'
import { type IamAccess, onArn, onGroup, onRole, onUser } from '../access.ts'

interface NamesPolicySource {
  readonly PolicySourceArn: string | undefined
}

export const onPolicySource: IamAccess<NamesPolicySource> = (input, context) => {
  const arn = input.PolicySourceArn ?? ''
  const [type] = parseArn(arn)?.resource.split('/') ?? []
  const name = resourceId(arn)
  if (type === 'user') return onUser()({ UserName: name }, context)
  if (type === 'group') return onGroup()({ GroupName: name }, context)
  if (type === 'role') return onRole()({ RoleName: name }, context)
  return onArn(() => arn)(input, context)
}
