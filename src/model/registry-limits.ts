/** Limits of the container registry. What AWS limits too has AWS's figure: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */

/** Of one layer. Source: Amazon ECR quotas, 52,000 MiB. */
export const LAYER_BYTES = 52_000 * 1024 * 1024
/** Uploads that one repository, and the whole registry, may have begun and not ended. Each holds a file open once it was touched. */
export const REPOSITORY_UPLOADS = 1000
export const REGISTRY_UPLOADS = 4000
/** Layers that are on their way in or out at once: each may hold about a megabyte. */
export const BLOB_TRANSFERS = 256
/** Images that are on their way from other registries at once: the manifest of each is in memory. */
export const UPSTREAM_IMPORTS = 64
/** What a client sends or takes at least in that time. */
export const TRANSFER_LEAST_BYTES = 64 * 1024
export const TRANSFER_PACE_MS = 2 * 60_000
/** When a client that is refused for one of those may come again. */
export const REGISTRY_RETRY_SECONDS = 2
/** Results of one page of tags, repositories and referrers. */
export const REGISTRY_PAGE = 1000
/** Of one page of referrers, whose annotations may be long. Source: OCI distribution 1.1, clients read manifests of 4 MiB. */
export const REFERRERS_BYTES = 4 * 1024 * 1024
/** Of an image's annotations, which are kept in memory for lists of referrers. */
export const ANNOTATIONS_BYTES = 64 * 1024
/** How long before its end a password is warned of. */
export const PASSWORD_WARNING_MS = 30 * 60_000
/** Of a part of a layer that comes by the API. AWS asks clients for parts of this size, too. */
export const LAYER_PART_BYTES = 10 * 1024 * 1024
/** Of every part but the last. Source: the API reference, LayerPartTooSmallException. */
export const LAYER_PART_LEAST_BYTES = 5 * 1024 * 1024
/** Of a request to the API: a part of a layer, in base64, and what goes with it. */
export const ECR_REQUEST_BYTES = 15 * 1024 * 1024
/** Backfills of a registry that are under way. Source: the API reference, StartReplicationBackfill. */
export const REPLICATION_BACKFILLS = 10
/** Images of a backfill that are on their way at once: what is pushed meanwhile must not wait long for them. */
export const BACKFILL_IMAGES_AT_ONCE = 4
/** Images of a backfill that one transaction deals with. */
export const BACKFILL_PORTION = 500
/** Failures of an image after which a backfill goes on without it: minutes, where what is pushed is tried for a day. */
export const BACKFILL_FAILURES = 6
/** Replications before which a backfill does not fail, whatever became of them. Source: Amazon ECR user guide, Replication backfill. */
export const BACKFILL_LEAST_JUDGED = 100
/** How long backfills that ended are told of. Source: the API reference, ListReplicationBackfills. */
export const BACKFILL_KEPT_DAYS = 90
/** Backfills that ended and their images, of a registry, that are kept for so long: they are in memory. */
export const BACKFILL_KEPT_ROWS = 100_000
