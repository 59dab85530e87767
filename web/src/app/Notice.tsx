/** What pages show in place of data; the names by which the app knows them. */
export { EmptyState as Notice, Failure, Loading, Skeleton } from '../seatime/ui/States';
