/** AddTags, RemoveTags and DescribeTags, of any resource. */
import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { ELB_DESCRIBE_ITEMS } from '../../../model/load-balancing/limits.ts'
import { requestTagContext, tagsWithout } from '../../checked-tags.ts'
import { onAnything, onResource } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { validationError } from '../faults.ts'
import { requireTagged } from '../lookups.ts'
import { describeTags, mergedTags } from '../tags.ts'

export const addTags: Elbv2Operation<AddTagsInput> = {
  access: ({ ResourceArns = [], Tags = [] }, context) => {
    const requested = requestTagContext(Tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })))
    return ResourceArns.map((arn) => onResource(context, arn, requested))
  },
  handle: ({ ResourceArns = [], Tags = [] }, context) => {
    for (const arn of checkedArns(ResourceArns)) {
      const { tags, setTags } = requireTagged(context, arn)
      setTags(mergedTags(tags, Tags))
    }
    return {}
  },
}

export const removeTags: Elbv2Operation<RemoveTagsInput> = {
  access: ({ ResourceArns = [], TagKeys = [] }, context) =>
    ResourceArns.map((arn) => onResource(context, arn, TagKeys.length === 0 ? {} : { 'aws:tagkeys': TagKeys })),
  handle: ({ ResourceArns = [], TagKeys = [] }, context) => {
    for (const arn of checkedArns(ResourceArns)) {
      const { tags, setTags } = requireTagged(context, arn)
      setTags(tagsWithout(tags, TagKeys))
    }
    return {}
  },
}

export const describeTagsOperation: Elbv2Operation<DescribeTagsInput, DescribeTagsOutput> = {
  access: onAnything,
  handle: ({ ResourceArns = [] }, context) => ({
    TagDescriptions: checkedArns(ResourceArns).map((arn) => ({
      ResourceArn: arn,
      Tags: describeTags(requireTagged(context, arn).tags),
    })),
  }),
}

const checkedArns = (arns: readonly string[]): readonly string[] => {
  if (arns.length === 0) throw validationError('At least one resource ARN must be specified')
  if (arns.length > ELB_DESCRIBE_ITEMS)
    throw validationError(`A maximum of '${ELB_DESCRIBE_ITEMS}' resources can be specified in a single call`)
  return [...new Set(arns)]
}
