// Tags of a file that are copied.

/** Tags that a container writes itself, or that described the stream before it was encoded again. */
const OWN_TAGS =
  /^(major_brand|minor_version|compatible_brands|encoder|vendor_id|rotate|duration(-.*)?|_statistics_.*|bps(-.*)?|number_of_.*)$/i;

/** A file's or stream's tags without those that the output's container writes itself. */
export function copyableMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !OWN_TAGS.test(key)));
}
