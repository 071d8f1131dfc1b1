// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * face.hpp -- what the tests of the C++ face share
 */
#ifndef TEST_CXX_FACE_HPP
#define TEST_CXX_FACE_HPP

#include <check.h>
#undef fail /* streams have a member of that name */
#include <cstdlib>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <tarn.h>
#include <tarn.hpp>
#include <unistd.h>

/* The code that a call throws; 0 if it throws none. */
template <class Call>
int
thrown(Call call)
{
	try {
		call();
	} catch (const tarn::error &e) {
		ck_assert_ptr_eq(&e.code().category(), &tarn::error_category());
		return e.code().value();
	}
	return 0;
}

/* Whether a call throws what the STL throws of an index beyond the end. */
template <class Call>
bool
out_of_range(Call call)
{
	try {
		call();
	} catch (const std::out_of_range &) {
		return true;
	}
	return false;
}

inline tarn::arena
anonymous()
{
	return tarn::arena("anon:");
}

/* In a child that ends as if it were killed: no destructor runs. */
template <class Function>
void
in_child(Function function)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		function();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* A name of this process's own in /dev/shm, which goes with it. */
struct scratch_name {
	std::string name = "test-cxx-" + std::to_string(getpid());

	~scratch_name()
	{
		tarn::arena::remove(name);
	}
};

/* Main's work. */
inline int
run_tests(const char *name, std::initializer_list<const TTest *> list)
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	for (const TTest *test : list)
		tcase_add_test(tests, test);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#endif
