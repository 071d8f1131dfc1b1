// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * transaction.hpp -- arena::transact(): several changes to several objects, all or nothing
 *
 *	arena.transact([&](tarn::transaction &tx) {
 *		auto account = tx(accounts);
 *		account.put("ann", account.at("ann") - 5);
 *		account.put("bob", account.at("bob") + 5);
 *		tx(journal).append("ann pays bob 5\n");
 *	}, accounts, journal);
 *
 * The transactions of <tarn/txn.h>.  Leaving the function by return commits,
 * by an exception rolls back; so does a kill.  After a deadlock with another
 * transaction the function is called again.
 */
#ifndef TARN_CXX_TRANSACTION_HPP
#define TARN_CXX_TRANSACTION_HPP

#include <exception>
#include <optional>
#include <tarn/cxx/arena.hpp>
#include <tarn/region.h>
#include <tarn/txn.h>
#include <type_traits>
#include <variant>

namespace tarn {

/**
 * A transaction that is open, as arena::transact() passes it to its function.  Of that thread only.
 *
 * A call in it that fails for want of memory, log room or time rolls all of it back: that error is
 * thrown, and if the function goes on all the same, every later call throws it too, and the commit.
 */
class transaction {
public:
	/** A C handle of an open transaction, which ends it. */
	explicit transaction(struct tarn_txn *raw) noexcept : raw_(raw)
	{
	}

	transaction(const transaction &) = delete;
	transaction &operator=(const transaction &) = delete;

	/** The C handle. */
	struct tarn_txn *handle() const noexcept
	{
		return raw_;
	}

	/**
	 * The handle of an object to be used in the transaction.
	 * @object:	a container or region that the transaction was begun with, or that was added
	 *
	 * What is called on it is part of the transaction, and sees what that has changed.
	 *
	 * Crash:	none.
	 * Blocks:	never.
	 * Return: a hashmap_ref, vector_ref, ... that ends with the transaction.
	 * Throws: INVALID, it is not one of the transaction's objects.
	 */
	template <class Object> typename Object::reference operator()(const Object &object) const
	{
		return object.in(raw_);
	}

	/**
	 * One more object: tarn_txn_add().
	 * @object:	of the same arena
	 *
	 * Blocks:	never for long.
	 * Return: as operator().
	 * Throws: DEADLOCK, another transaction has it: let it pass, and the function is called again.
	 */
	template <class Object> typename Object::reference add(const Object &object)
	{
		detail::check(tarn_txn_add(raw_, object.object()), "transaction::add");
		return object.in(raw_);
	}

	/** Saves words of a region's block before they are changed in place: tarn_txn_log(). */
	void log(tarn_off off, std::uint64_t size)
	{
		detail::check(tarn_txn_log(raw_, off, size), "transaction::log");
	}

	/** The same of all words that a T has a part in, by a pointer into a region of the transaction. */
	template <class Region, class T> void log(const Region &region, const T *object)
	{
		tarn_off off = region.offset(object), first = off & ~tarn_off(7);

		log(first, (off + sizeof(T) + 7 - first) & ~tarn_off(7));
	}

	/** Why it was rolled back already, so that nothing of it will happen; no error, if it was not. */
	std::error_code rolled_back() const noexcept
	{
		int code = tarn_txn_log(raw_, 0, 0); /* nothing to be saved: INVALID, if all is well */

		return code == TARN_INVALID ? std::error_code() : static_cast<errc>(code);
	}

private:
	struct tarn_txn *raw_;
};

namespace detail {

/* A function, and what becomes of it, behind the C library's void pointer. */
template <class Work> struct transact_job {
	using result = std::decay_t<std::invoke_result_t<Work &, transaction &>>;
	using kept = std::conditional_t<std::is_void<result>::value, std::monostate, result>;

	Work &work;
	std::optional<kept> value;
	std::exception_ptr thrown;

	void call(transaction &tx)
	{
		value.reset(); /* of a call before, that ended in a deadlock */
		if constexpr (std::is_void<result>::value) {
			work(tx);
			value.emplace();
		} else {
			value.emplace(work(tx));
		}
	}

	/* No exception passes through the C library. */
	static int run(struct tarn_txn *raw, void *arg) noexcept
	{
		auto *job = static_cast<transact_job *>(arg);
		transaction tx(raw);

		try {
			job->call(tx);
			return 0;
		} catch (const error &e) {
			if (e.code() == errc::DEADLOCK && tx.rolled_back() == errc::DEADLOCK)
				return TARN_DEADLOCK;
			job->thrown = std::current_exception();
		} catch (...) {
			job->thrown = std::current_exception();
		}
		return TARN_INVALID; /* it is not this that is reported */
	}
};

} // namespace detail

/* See arena.hpp. */
template <class Work, class... Objects>
auto
arena::transact(Work &&work, const Objects &...objects)
{
	using job_type = detail::transact_job<std::remove_reference_t<Work>>;
	struct tarn_object *const list[] = { objects.object()..., nullptr };
	job_type job{ work, std::nullopt, nullptr };
	int code = tarn_txn_run(handle(), list, sizeof...(objects), job_type::run, &job);

	if (job.thrown)
		std::rethrow_exception(job.thrown);
	if (code < 0)
		detail::raise(code, "arena::transact", "", "");
	if constexpr (!std::is_void<typename job_type::result>::value)
		return *std::move(job.value);
}

} // namespace tarn

#endif
